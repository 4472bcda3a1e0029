import BatchAlgebra
import BatchFormats
import BatchFoundation

/// The folder of a study that is measured, and the right to write it.
///
/// `study.json` holds the plan, and is written first; `trials/` one finished file a trial, and the one being written
/// under a temporary name. What belongs to another study is not taken for this one's: trials name the study that they
/// were measured for, and the plan names the arrays beside it by their content.
final class StudyFolder<Plan: StudyPlan> {
  let path: String
  /// What the folder's study is: the one that was begun there, with the settings that it is resumed with, or this one.
  let description: StudyDescription<Plan>
  /// What the study that was begun there has of other settings, one phrase each; they are not in its file yet.
  let changes: [String]
  private let lock: FolderLock

  /// Opens the folder for a study: makes it where it is missing, and refuses one that holds another study.
  ///
  /// A study that was begun is resumed with its own compute context.
  init(
    path: String, description asked: StudyDescription<Plan>, arrays: [String: Matrix<Float>], shard: StudyShard
  ) throws(StudyError) {
    // Before anything is written there.
    if case .oldStudy(let file) = FolderContent(of: path) { throw .oldStudy(path: file) }
    try FolderContent.study(title: Plan.title).requireRoom(in: path, studies: .builtIn.adding(Plan.self))
    self.path = path
    let encoded = arrays.mapValues { NPY.encode($0) }
    var asked = asked
    asked.arrays = encoded.mapValues { Fingerprint.of($0) }
    func open() throws(StudyError) -> (StudyDescription<Plan>, [String], FolderLock) {
      try filing { () throws(FileError) in try DurableFile.makeFolder(StudyFiles.trials(in: path)) }
      let lock = try FolderLock(path, shard: shard)
      let (study, changes) = try Self.begun(asked, in: path)
      // Beside the plan: shards that begin together would take one another's unfinished file away.
      for (name, bytes) in encoded { try Self.keep(bytes, at: StudyFiles.shared(name, in: path)) }
      return (study, changes, lock)
    }
    (description, changes, lock) =
      try shard == .whole ? open() : FolderLock.whileOpening(path) { () throws(StudyError) in try open() }
    try removeUnfinished(shard)
  }

  /// Writes what the study is, after which its trials are those that follow by its settings.
  static func write(_ description: StudyDescription<Plan>, in path: String) throws(StudyError) {
    let document = RecordJSON.document(description)
    try filing { () throws(FileError) in
      try DurableFile.write(document, to: "\(path)/\(StudyFiles.description)")
    }
  }

  /// The study that was begun in the folder, which must be the one asked for, or the one asked for, begun; and what it has of
  /// settings other than those asked for, with which it is resumed.
  private static func begun(
    _ asked: StudyDescription<Plan>, in path: String
  ) throws(StudyError) -> (study: StudyDescription<Plan>, changes: [String]) {
    guard DurableFile.exists("\(path)/\(StudyFiles.description)") else {
      try write(asked, in: path)
      return (asked, [])
    }
    var existing = try StudyDescription<Plan>.read(in: path)
    var differences = existing.plan.identity.differences(from: asked.plan.identity)
    var same = asked
    same.context = existing.context
    if differences.isEmpty, existing.fingerprint != same.fingerprint {
      differences = ["settings that its plan has no words for"]
    }
    if differences.isEmpty, existing.arrays != asked.arrays {
      differences = existing.arrays.keys.sorted().filter { existing.arrays[$0] != asked.arrays[$0] }
    }
    guard differences.isEmpty else { throw .anotherStudy(folder: path, differences: differences) }
    guard existing.context.instructionSet.isSupported else {
      throw .otherProcessor(folder: path, instructionSet: existing.context.instructionSet)
    }
    let changes = existing.plan.differences(from: asked.plan)
    if !changes.isEmpty {
      existing.plan = asked.plan
      if !asked.arguments.isEmpty { existing.arguments = asked.arguments }
    }
    return (existing, changes)
  }

  /// Writes a shared array where it is missing, or is not what it was: as where a damaged file was removed.
  private static func keep(_ bytes: [UInt8], at path: String) throws(StudyError) {
    try filing { () throws(FileError) in
      if DurableFile.exists(path), try DurableFile.read(path) == bytes { return }
      try DurableFile.write(bytes, to: path)
    }
  }

  /// Removes what a process that was killed has left of the shard's trials; others may be measured just now.
  private func removeUnfinished(_ shard: StudyShard) throws(StudyError) {
    let trials = StudyFiles.trials(in: path)
    try filing { () throws(FileError) in
      guard shard != .whole else { return try DurableFile.removeUnfinished(in: trials) }
      let own = Set(shard.part(of: description.plan.trials).map(\.key))
      for name in try DurableFile.names(in: trials) where name.hasSuffix(".partial") {
        // A key that begins like another: the longest is meant.
        let keys = description.plan.trials.map(\.key).filter { name.hasPrefix("\($0).") || name.hasPrefix("\($0)-") }
        if let key = keys.max(by: { $0.count < $1.count }), own.contains(key) {
          try DurableFile.remove("\(trials)/\(name)")
        }
      }
    }
  }

  /// Whether a trial of this study is finished: its file has its own name only when it is whole.
  ///
  /// A file of the same name that was measured for another study does not count, and gives way. One that cannot be read
  /// counts, so that a report names what is wrong with it.
  func isFinished(_ trial: Plan.Trial) -> Bool {
    switch TrialFile<Plan>.study(named: trial.key, in: path) {
    case .missing: false
    case .study(let fingerprint): fingerprint == description.fingerprint
    case .unknown: true
    }
  }
}
