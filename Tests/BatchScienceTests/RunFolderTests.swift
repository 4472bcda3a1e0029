import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

@testable import BatchScience

/// The folder of a run: begun once, gone on with, and in one process at a time.
@Suite struct RunFolderTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/runs/first" }
  private let splits = Result { try DataSource.dots(examples: 100).load(seed: 1) }
  private let plan = TrainingPlan(batchSize: 8, epochs: 2, seed: 1)
  private let optimizer = Result { OptimizerSettings(try SGD(learningRate: 0.1)) }

  private func description() throws -> RunDescription {
    RunDescription(
      model: "mlp:6:tanh", splits: try splits.get(), loss: .softmaxCrossEntropy, data: "dots:examples=100", dataSeed: 1)
  }

  private func begin(replaces: Bool = false) throws -> RunFolder {
    try RunFolder(
      beginning: path, run: description(), splits: splits.get(), plan: plan, optimizer: optimizer.get(),
      arguments: ["train", "--batch", "8"], keptCheckpoints: 3, replaces: replaces)
  }

  private func record(_ update: Int, loss: Double = 0.5) -> EvaluationRecord {
    EvaluationRecord(
      update: update, epoch: Double(update) / 10, examples: 8 * update, seconds: 0.25, batchLoss: nil,
      trainingLoss: 0.1,
      trainingAccuracy: 1, validationLoss: loss, validationAccuracy: nil, distance: 0, gradientNorm: nil)
  }

  @Test func isBegunOnce() throws {
    do {
      let run = try begin()
      #expect(run.path == path && run.records.isEmpty && run.checkpoints.lastCount == 3)
      #expect(run.checkpoints.path == "\(path)/checkpoints" && run.weightsPath == "\(path)/weights.safetensors")
    }
    let bytes = try #require(folder.read("runs/first/run.json"))
    let description = try RecordJSON.decode(RunFolder.Description.self, from: bytes, path: path)
    #expect(description.format == 1)
    #expect(try description.run == self.description())
    #expect(description.plan == plan)
    #expect(try description.optimizer == optimizer.get())
    #expect(description.arguments == ["train", "--batch", "8"])
    let error = #expect(throws: StudyError.runExists(folder: path)) { try begin() }
    #expect(
      error?.description
        == "\(path) holds a run already; resume it, or give this one a folder of its own")
    #expect(try begin(replaces: true).records.isEmpty)
  }

  /// A run that takes the place of one that was killed early leaves nothing of it that would pass for its own.
  @Test func nothingStaysOfARunThatIsReplaced() throws {
    do {
      var run = try begin()
      try run.append(record(0))
      try DurableFile.makeFolder(run.checkpoints.path)
      try DurableFile.write([1], to: run.checkpoints.bestPath)
      try DurableFile.write([1], to: run.weightsPath)
      try DurableFile.write([1], to: "\(path)/metrics.csv")
      try DurableFile.write([1], to: "\(path)/config.json")
    }
    do { _ = try begin(replaces: true) }
    #expect(folder.names(in: "runs/first") == [".lock", "checkpoints", "config.json", "run.json"])
    #expect(folder.names(in: "runs/first/checkpoints") == [])
    // A run with something to go on from stays.
    folder.write("", to: "runs/first/checkpoints/update-00000008.safetensors")
    #expect(throws: StudyError.runExists(folder: path)) { try begin(replaces: true) }
  }

  @Test func aRunOfAnotherFormatIsRefused() throws {
    do { _ = try begin() }
    folder.write(#"{"format": 9}"#, to: "runs/first/run.json")
    #expect(throws: StudyError.otherFormat(path: "\(path)/run.json", found: 9, expected: 1)) {
      try RunFolder(resuming: path, splits: splits.get(), update: 0, keptCheckpoints: 2)
    }
  }

  /// Whole lines, and a loss that is no number among them.
  @Test func evaluationsAreKept() throws {
    var run = try begin()
    let records = [record(0), record(8, loss: .infinity), record(10)]
    for (index, record) in records.enumerated() {
      try run.append(record)
      let lines = try #require(folder.read("runs/first/metrics.jsonl")).split(separator: UInt8(ascii: "\n"))
      #expect(lines.count == index + 1)
      #expect(try RecordJSON.decode(EvaluationRecord.self, from: lines[index], path: path) == record)
    }
    #expect(run.records == records)
    #expect(!folder.names(in: "runs/first").contains { $0.hasSuffix(".partial") })
  }

  /// The file grows: a run of many epochs would otherwise write each evaluation as often as there are later ones.
  @Test func anEvaluationIsAdded() throws {
    var run = try begin()
    try run.append(record(0))
    let file = try number(of: "runs/first/metrics.jsonl")
    let before = try #require(folder.read("runs/first/metrics.jsonl"))
    try run.append(record(8))
    #expect(try number(of: "runs/first/metrics.jsonl") == file)
    #expect(try #require(folder.read("runs/first/metrics.jsonl")).starts(with: before))
  }

  /// The number by which the system knows a file; one that takes its place has another.
  private func number(of name: String) throws -> UInt64 {
    var status = stat()
    try #require(stat("\(folder.path)/\(name)", &status) == 0)
    return UInt64(status.st_ino)
  }

  /// A machine that went down while a line was written: it is of an evaluation after the checkpoint.
  @Test func aLineThatIsCutShortIsForgotten() throws {
    do {
      var run = try begin()
      for update in [0, 8, 10] { try run.append(record(update)) }
    }
    let whole = try #require(folder.read("runs/first/metrics.jsonl"))
    for count in [1, 20, RecordJSON.line(record(10)).count - 1] {
      folder.write(Array(whole.dropLast(count)), to: "runs/first/metrics.jsonl")
      var run = try RunFolder(resuming: path, splits: splits.get(), update: 8, keptCheckpoints: 2)
      #expect(run.records.map(\.update) == [0, 8])
      try run.append(record(10))
      #expect(folder.read("runs/first/metrics.jsonl") == whole)
    }
    // Not at the end it is damage.
    folder.write(Array(whole.prefix(20)) + [UInt8(ascii: "\n")] + whole, to: "runs/first/metrics.jsonl")
    #expect(throws: StudyError.self) {
      try RunFolder(resuming: path, splits: splits.get(), update: 8, keptCheckpoints: 2)
    }
  }

  /// What was evaluated after the checkpoint is evaluated again, and must not be there twice.
  @Test func goesOnAfterACheckpoint() throws {
    do {
      var run = try begin()
      for update in [0, 8, 10, 16, 20] { try run.append(record(update)) }
    }
    do {
      var run = try RunFolder(resuming: path, splits: splits.get(), update: 12, keptCheckpoints: 2)
      #expect(run.records.map(\.update) == [0, 8, 10])
      try run.append(record(16, loss: 0.25))
    }
    let run = try RunFolder(resuming: path, splits: splits.get(), update: 100, keptCheckpoints: 2)
    #expect(run.records == [record(0), record(8), record(10), record(16, loss: 0.25)])
  }

  @Test func otherDataAreRefused() throws {
    do { _ = try begin() }
    let other = try DataSource.dots(examples: 100).load(seed: 2)
    #expect(throws: StudyError.otherExamples(folder: path)) {
      try RunFolder(resuming: path, splits: other, update: 0, keptCheckpoints: 2)
    }
  }

  @Test func whatIsMissingOrDamagedIsNamed() throws {
    func resume() -> StudyError? {
      thrownError { () throws(StudyError) in
        guard let splits = try? self.splits.get() else { throw .interrupted }
        _ = try RunFolder(resuming: path, splits: splits, update: 0, keptCheckpoints: 2)
      }
    }
    #expect(resume()?.description.contains("\(path)/run.json") == true)
    #expect(folder.names().isEmpty, "a mistyped path becomes a folder")
    do {
      var run = try begin()
      try run.append(record(0))
      try run.append(record(8))
    }
    #expect(resume() == nil)
    folder.write("{}\n{\"update\": 3}\n", to: "runs/first/metrics.jsonl")
    #expect(resume()?.description.contains("\(path)/metrics.jsonl, line 1: ") == true)
    let far = #"{"update":0,"epoch":1e300,"examples":0,"seconds":0,"trainingLoss":1,"validationLoss":1,"distance":0}"#
    folder.write(far, to: "runs/first/metrics.jsonl")
    #expect(resume()?.description.contains("\(path)/metrics.jsonl, line 1: 'epoch' is 1e+300") == true)
    folder.write("{", to: "runs/first/run.json")
    #expect(resume()?.description.contains("\(path)/run.json: it is not valid JSON") == true)
  }

  @Test func oneProcessAtATimeHasIt() throws {
    do {
      let run = try begin()
      #expect(throws: StudyError.locked(folder: path)) { try begin(replaces: true) }
      let splits = try splits.get()
      #expect(throws: StudyError.locked(folder: path)) {
        try RunFolder(resuming: path, splits: splits, update: 0, keptCheckpoints: 2)
      }
      _ = run.path
    }
    #expect(try begin(replaces: true).path == path)
  }
}
