public import BatchFoundation
public import BatchScience

/// The report of a kind of study: its charts, its tables, and what was found.
///
/// A new kind conforms, and is one more line in ``StudyReports``.
public protocol StudyReport: Sendable {
  /// The plan of the study.
  associatedtype Plan: StudyPlan

  /// The report of what is there of a study.
  ///
  /// - Throws: ``/BatchScience/StudyError`` where the analysis throws.
  init(_ results: StudyResults<Plan>) throws(StudyError)

  /// The main table.
  var table: TextTable { get }
  /// What was measured in full precision, for `results.csv`.
  var resultsTable: TextTable { get }
  /// What was found, a sentence each.
  var findings: [String] { get }
  /// The report as a page.
  var html: HTMLReport { get }

  /// Files beside the page and the numbers, by name; none unless told otherwise.
  var documents: [String: String] { get }

  /// How a trial ended, in a few words.
  static func sentence(_ outcome: Plan.Outcome) -> String
}

extension StudyReport {
  /// None.
  public var documents: [String: String] { [:] }

  /// Writes the page, `report.html`, the study's numbers, `results.csv`, and other documents into a folder.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when a file cannot be written.
  public func write(to folder: String) throws(FileError) {
    try DurableFile.write(Array(resultsTable.rendered(as: .csv).utf8), to: "\(folder)/results.csv")
    for (name, text) in documents { try DurableFile.write(Array(text.utf8), to: "\(folder)/\(name)") }
    try DurableFile.write(Array(html.rendered().utf8), to: "\(folder)/report.html")
  }
}

/// The reports of the kinds of study that are known.
public struct StudyReports: Sendable {
  /// This library's.
  public static let builtIn = StudyReports([
    SweepReport.self, RulesReport.self, NoiseScaleReport.self, BranchReport.self, StepsToGoalReport.self,
    RecommendReport.self, VerifyReport.self,
  ])

  /// The reports.
  public let kinds: [any StudyReport.Type]

  /// Some reports.
  public init(_ kinds: [any StudyReport.Type]) { self.kinds = kinds }

  /// The kinds of study that they are of.
  public var studies: StudyRegistry {
    func plan<Report: StudyReport>(_ report: Report.Type) -> any StudyPlan.Type { Report.Plan.self }
    return StudyRegistry(kinds.map { plan($0) })
  }

  /// The report of the study in a folder, or in the folders of its shards.
  ///
  /// - Throws: ``/BatchScience/StudyError`` when a folder holds no study of a known kind, or what it holds cannot be
  ///   read or told.
  public func report(of folders: [String]) throws(StudyError) -> any StudyReport {
    guard let first = folders.first else { throw .noStudy(folder: "") }
    let kind = try studies.kind(of: first).kind
    func open<Report: StudyReport>(_ report: Report.Type) throws(StudyError) -> (any StudyReport)? {
      guard Report.Plan.kind == kind else { return nil }
      return try Report(StudyResults(folders: folders))
    }
    for report in kinds {
      if let opened = try open(report) { return opened }
    }
    throw .unknownKind(path: first, kind: kind)
  }
}

/// The report of a study whose trials are training runs.
extension StudyReport where Plan: TrainingStudyPlan {
  /// `on the test part accuracy 88.9 %, loss 0.312`, or where the run diverged.
  public static func sentence(_ outcome: TrainedOutcome) -> String {
    if let update = outcome.divergedAtUpdate { return "diverged at update \(NumberFormat.grouped(update))" }
    return "on the test part " + TrainingText.sentence(loss: outcome.testLoss ?? .nan, accuracy: outcome.testAccuracy)
  }
}

/// The report of a study whose trials are runs to a goal.
extension StudyReport where Plan: GoalStudyPlan {
  /// `1 240 updates to the goal`, or why it was not reached.
  public static func sentence(_ outcome: GoalOutcome) -> String { GoalText.sentence(outcome) }
}
