public import BatchData
import BatchFoundation
public import BatchTraining

/// Runs the trials of a rules study that its folder does not hold yet.
///
/// The folder holds `rules.json` and a folder for each variant, which is a sweep like any other.
public struct RulesStudy {
  private let plan: RulesPlan
  private let data: DataSplits
  private let model: Sequential
  private let path: String
  private let arguments: [String]
  private let lock: FolderLock

  /// The trials that are not finished.
  public let remaining: [RuleTrial]

  /// Opens the folder: makes it, or goes on with a study of the same plan.
  ///
  /// - Throws: ``StudyError`` when the folder holds another study, is in use or cannot be written, or when the plan
  ///   cannot be trained.
  public init(
    plan: RulesPlan, data: DataSplits, model: Sequential, folder path: String, arguments: [String] = []
  ) throws(StudyError) {
    try plan.check()
    // Bad plans fail here, before anything is written.
    try SweepStudy.check(plan.common, data: data, model: model)
    self.plan = plan
    self.data = data
    self.model = model
    self.path = path
    self.arguments = arguments
    try FolderContent.rules.requireRoom(in: path)
    lock = try FolderLock(path)
    if DurableFile.exists(RulesDescription.path(path)) {
      let differences = try RulesDescription.read(in: path).plan.differences(from: plan)
      guard differences.isEmpty else { throw .anotherStudy(folder: path, differences: differences) }
    } else {
      let description = RecordJSON.document(RulesDescription(plan: plan, arguments: arguments))
      try filing { () throws(FileError) in try DurableFile.write(description, to: RulesDescription.path(path)) }
    }
    remaining = plan.trials.filter { !StudyFolder.isFinished($0.trial, in: "\(path)/\($0.variant.folderName)") }
  }

  /// Runs the remaining trials, variant after variant, each trial on all threads.
  ///
  /// - Throws: ``StudyError`` when a file cannot be written or the observer stops the study; finished trials are safe.
  public func run(
    _ observer: (RuleVariant) -> SweepStudy.Observer = { _ in SweepStudy.Observer() }
  ) throws(StudyError) {
    let unfinished = Set(remaining.map(\.variant))
    for variant in plan.variants where unfinished.contains(variant) {
      let study = try SweepStudy(
        plan: plan.sweep(of: variant), data: data, model: model, folder: "\(path)/\(variant.folderName)",
        arguments: arguments)
      try study.run(observer(variant))
    }
  }
}
