public import BatchData
import BatchFoundation
public import BatchProfiling
public import BatchTraining

/// The folder of one training run.
///
/// `run.json` (what was trained, where, with which arguments), `metrics.jsonl` (an evaluation a line), `checkpoints/`,
/// and at the end `weights.safetensors`. Files are whole at any time: each is written under a temporary name and
/// renamed, but for the evaluations, which grow by a line at a time and are safe when a checkpoint is saved.
public struct RunFolder: Sendable {
  /// The folder's path.
  public let path: String
  /// The run's checkpoints.
  public let checkpoints: CheckpointFolder
  /// The evaluations so far.
  public private(set) var records: [EvaluationRecord] = []

  /// The content of `run.json`.
  public struct Description: Sendable, Equatable, Codable {
    /// The version of the format that is written and read.
    public static var currentFormat: Int { 1 }

    /// The version of the format it was written in.
    public var format = Self.currentFormat
    /// What was trained.
    public var run: RunDescription
    /// A number that changes when the examples, their order or their scaling do.
    public var dataFingerprint: String
    /// How it was trained.
    public var plan: TrainingPlan
    /// The optimizer.
    public var optimizer: OptimizerSettings
    /// The machine on which the run was begun.
    public var environment: MachineEnvironment
    /// The arguments with which it was begun.
    public var arguments: [String]
  }

  private let lock: FolderLock
  private var metricsPath: String { "\(path)/metrics.jsonl" }
  private var descriptionPath: String { Self.descriptionPath(path) }
  private static func descriptionPath(_ folder: String) -> String { "\(folder)/run.json" }
  /// The final weights, in the plain layout.
  public var weightsPath: String { "\(path)/weights.safetensors" }

  /// The checkpoints of the run in a folder.
  public static func checkpoints(in folder: String, lastCount: Int) -> CheckpointFolder {
    CheckpointFolder(path: "\(folder)/checkpoints", lastCount: lastCount)
  }

  /// Begins a run in a folder, which is made where it is missing; with `replaces` also in place of one without
  /// checkpoints to resume, of which nothing stays.
  ///
  /// - Throws: ``StudyError`` when the folder holds a run already or something else, or cannot be written.
  public init(
    beginning path: String, run: RunDescription, splits: DataSplits, plan: TrainingPlan, optimizer: OptimizerSettings,
    arguments: [String], keptCheckpoints: Int, replaces: Bool = false
  ) throws(StudyError) {
    try FolderContent.run.requireRoom(in: path)
    try self.init(path, keptCheckpoints)
    let description = Description(
      run: run, dataFingerprint: Fingerprint.of(splits), plan: plan, optimizer: optimizer, environment: .current(),
      arguments: arguments)
    if DurableFile.exists(descriptionPath) {
      guard replaces, try filing(StudyError.runFile, checkpoints.updates).isEmpty else {
        throw .runExists(folder: path)
      }
      try removeResults()
    }
    try filing(StudyError.runFile) { () throws(FileError) in try DurableFile.remove(metricsPath) }
    try write(description)
  }

  /// Resumes the run in a folder after `update` updates: later evaluations are forgotten.
  ///
  /// - Throws: ``StudyError`` when there is no run, its files are damaged, or its data are not what they were.
  public init(
    resuming path: String, splits: DataSplits, update: Int, keptCheckpoints: Int
  ) throws(StudyError) {
    // Before the lock, which would make a folder of a path that is mistyped.
    let description = try readDescription(
      Description.self, from: Self.descriptionPath(path), format: Description.currentFormat, StudyError.runFile)
    try self.init(path, keptCheckpoints)
    guard description.dataFingerprint == Fingerprint.of(splits) else {
      throw .otherExamples(folder: path)
    }
    records = try readMetrics().filter { $0.update <= update }
    try writeMetrics()
  }

  private init(_ path: String, _ keptCheckpoints: Int) throws(StudyError) {
    do {
      lock = try FolderLock(path)
    } catch .file(let error) {
      throw .runFile(error)
    }
    self.path = path
    checkpoints = Self.checkpoints(in: path, lastCount: keptCheckpoints)
    try removeUnfinished()
  }

  /// Removes what a run that was killed while it wrote a file has left of it.
  private func removeUnfinished() throws(StudyError) {
    try filing(StudyError.runFile) { () throws(FileError) in
      for folder in [path, checkpoints.path] where DurableFile.isFolder(folder) {
        try DurableFile.removeUnfinished(in: folder)
      }
    }
  }

  /// Removes what would pass for results of the run that takes this one's place.
  private func removeResults() throws(StudyError) {
    try filing(StudyError.runFile) { () throws(FileError) in
      for file in [checkpoints.bestPath, weightsPath, metricsPath, "\(path)/metrics.csv", "\(path)/observations.csv"] {
        try DurableFile.remove(file)
      }
    }
  }

  private func readMetrics() throws(StudyError) -> [EvaluationRecord] {
    try filing(StudyError.runFile) { () throws(FileError) in
      var records: [EvaluationRecord] = []
      let bytes = try DurableFile.read(metricsPath)
      let lines = bytes.split(separator: UInt8(ascii: "\n"))
      for (index, line) in lines.enumerated() {
        let record: EvaluationRecord
        do throws(FileError) {
          record = try RecordJSON.decode(EvaluationRecord.self, from: line, path: metricsPath, line: index + 1)
        } catch {
          // A machine that went down while the line was written: it is later than the checkpoint.
          if index == lines.count - 1, bytes.last != UInt8(ascii: "\n") { break }
          throw error
        }
        // A run may have been made longer than it was begun: more epochs than anybody waits for are the limit.
        if let reason = record.fault(after: records.last, epochs: SweepPlan.mostEpochs) {
          throw .damaged(path: metricsPath, line: index + 1, reason: reason)
        }
        records.append(record)
      }
      return records
    }
  }

  /// Keeps an evaluation.
  ///
  /// - Throws: ``StudyError`` when it cannot be written.
  public mutating func append(_ record: EvaluationRecord) throws(StudyError) {
    try filing(StudyError.runFile) { () throws(FileError) in
      try DurableFile.append(RecordJSON.line(record), to: metricsPath)
    }
    records.append(record)
  }

  /// Makes the evaluations so far outlive the machine, before a checkpoint is saved from which a run goes on after
  /// them.
  ///
  /// - Throws: ``StudyError`` when they cannot be written.
  func flush() throws(StudyError) {
    try filing(StudyError.runFile) { () throws(FileError) in try DurableFile.flush(metricsPath) }
  }

  private func write(_ description: Description) throws(StudyError) {
    try filing(StudyError.runFile) { () throws(FileError) in
      try DurableFile.write(RecordJSON.document(description), to: descriptionPath)
    }
  }

  private func writeMetrics() throws(StudyError) {
    try filing(StudyError.runFile) { () throws(FileError) in
      try DurableFile.write(records.flatMap { RecordJSON.line($0) }, to: metricsPath)
    }
  }
}
