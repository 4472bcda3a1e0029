public import BatchAlgebra
import BatchFormats
import BatchFoundation
import BatchProfiling

/// Where a trial writes what it measures, and learns what it is computed with.
///
/// The file has its own name only when it is whole: a study that is killed loses the trial it was measuring and nothing
/// else.
public final class TrialRecorder<Plan: StudyPlan> {
  /// The trial.
  public let trial: Plan.Trial
  /// What the study computes with; the same for all of its trials.
  public let context: ComputeContext
  /// The threads of that context.
  public let team: ThreadTeam

  private let folder: String
  private let fileName: String
  private let observer: StudyObserver<Plan>
  private var events: AppendingFile
  private var arrays: [String: String] = [:]
  private let begin = ElapsedTime.now()

  init(
    _ trial: Plan.Trial, named name: String, of study: StudyDescription<Plan>, in folder: String, team: ThreadTeam,
    observer: StudyObserver<Plan>
  ) throws(StudyError) {
    self.trial = trial
    (self.folder, fileName) = (folder, name)
    self.team = team
    self.observer = observer
    context = study.context
    let path = StudyFiles.events(of: name, in: folder) + ".partial"
    events = try filing { () throws(FileError) in try AppendingFile(path: path) }
    try write(.start(TrialStart(study: study.fingerprint, trial: trial, environment: .current(study.context))))
  }

  /// Writes a line.
  ///
  /// - Throws: ``StudyError`` when it cannot be written.
  public func record(_ record: Plan.Record) throws(StudyError) { try write(.record(record)) }

  /// Keeps an array beside the trial's file, as `b32-s1-predictions.npy`.
  ///
  /// - Throws: ``StudyError`` when it cannot be written.
  public func keep(_ array: Matrix<Float>, as name: String) throws(StudyError) {
    let bytes = NPY.encode(array)
    try filing { () throws(FileError) in
      try DurableFile.write(bytes, to: StudyFiles.array(name, of: fileName, in: folder))
    }
    arrays[name] = Fingerprint.of(bytes)
  }

  /// Says how far the trial is, from 0 to 1, and how it goes by some number; to be called often.
  ///
  /// - Throws: ``StudyError/interrupted`` where the study is asked to stop.
  public func progress(_ share: Double, _ figure: (name: String, value: Double)? = nil) throws(StudyError) {
    observer.onProgress(trial, share, figure)
    if observer.shouldStop() { throw .interrupted }
  }

  func finish(_ outcome: Plan.Outcome) throws(StudyError) {
    try write(.end(TrialEnd(arrays: arrays, elapsed: ElapsedTime.now().since(begin), outcome: outcome)))
    try filing { () throws(FileError) in
      try events.finish(renamingTo: StudyFiles.events(of: fileName, in: folder))
    }
  }

  private func write(_ event: TrialEvent<Plan>) throws(StudyError) {
    try filing { () throws(FileError) in try events.append(RecordJSON.line(event)) }
  }
}
