import BatchAlgebra
import BatchData
import BatchFormats
import BatchFoundation

/// The files of a study and the right to write them.
///
/// `study.json` holds the plan; `trials/` one finished file a trial, and the one being written under a temporary name.
/// Killed at any moment, a study loses at most the trial it is running.
final class StudyFolder {
  let path: String
  private let lock: FolderLock

  /// Opens the folder for a plan: makes it where it is missing, and refuses one that holds another plan, or no sweep.
  init(path: String, description: SweepDescription, test: Dataset) throws(StudyError) {
    try FolderContent.sweep.requireRoom(in: path)
    self.path = path
    try filing { () throws(FileError) in try DurableFile.makeFolder("\(path)/trials") }
    lock = try FolderLock(path)
    if DurableFile.exists(Self.descriptionPath(path)) {
      let existing = try Self.description(in: path)
      let differences = existing.plan.differences(from: description.plan)
      guard differences.isEmpty else { throw .anotherStudy(folder: path, differences: differences) }
    }
    // Also where a damaged file was removed, as its error asks for.
    if !DurableFile.exists(Self.testTargetsPath(path)) {
      let targets = NPY.encode(try Self.targets(of: test))
      try filing { () throws(FileError) in try DurableFile.write(targets, to: Self.testTargetsPath(path)) }
    }
    try filing { () throws(FileError) in
      if !DurableFile.exists(Self.descriptionPath(path)) {
        try DurableFile.write(RecordJSON.document(description), to: Self.descriptionPath(path))
      }
      try DurableFile.removeUnfinished(in: "\(path)/trials")
    }
  }

  /// The plan and circumstances of the study in a folder.
  static func description(in folder: String) throws(StudyError) -> SweepDescription {
    let path = descriptionPath(folder)
    guard DurableFile.exists(path) else { throw .noStudy(folder: folder) }
    return try readDescription(
      SweepDescription.self, from: path, format: SweepDescription.currentFormat, StudyError.planFile)
  }

  /// The path of a trial's events.
  static func eventsPath(_ folder: String, _ trial: TrialID) -> String { "\(folder)/trials/\(trial.fileStem).jsonl" }

  /// The path of a trial's predictions for the test part.
  static func predictionsPath(_ folder: String, _ trial: TrialID) -> String {
    "\(folder)/trials/\(trial.fileStem).npy"
  }

  /// Whether a trial is finished: its file has its own name only when it is whole.
  static func isFinished(_ trial: TrialID, in folder: String) -> Bool { DurableFile.exists(eventsPath(folder, trial)) }

  /// The path of the test part's targets, with which a report scores averaged predictions.
  static func testTargetsPath(_ folder: String) -> String { "\(folder)/test-targets.npy" }

  /// Reads a matrix of the study.
  static func readMatrix(_ path: String) throws(StudyError) -> Matrix<Float> {
    let bytes = try filing { () throws(FileError) in try DurableFile.read(path) }
    do {
      return try NPY.decode(bytes, path: path)
    } catch {
      throw .file(.damaged(path: path, line: nil, reason: error.description))
    }
  }

  private static func targets(of dataset: Dataset) throws(StudyError) -> Matrix<Float> {
    switch dataset.targets {
    case .values(let values): return values
    case .classes(let labels, _):
      do {
        return try Matrix(rows: labels.count, columns: 1, labels.map(Float.init))
      } catch {
        throw .training(.model(.allocation(error)))
      }
    }
  }

  private static func descriptionPath(_ folder: String) -> String { "\(folder)/study.json" }
}
