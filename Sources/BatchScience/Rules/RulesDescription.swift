import BatchFoundation
public import BatchProfiling

/// The content of a rules study's `rules.json`.
public struct RulesDescription: Sendable, Hashable, Codable {
  /// The version of the format that is written and read.
  public static var currentFormat: Int { 2 }

  /// The version of the format it was written in.
  public var format = Self.currentFormat
  /// What is trained, and how; the variants follow from it.
  public var plan: RulesPlan
  /// The machine on which the study was begun.
  public var environment: MachineEnvironment
  /// The arguments with which the study was begun.
  public var arguments: [String]

  /// A description of a study that begins now, on this machine.
  public init(plan: RulesPlan, arguments: [String]) {
    self.plan = plan
    self.arguments = arguments
    environment = .current()
  }

  static func path(_ folder: String) -> String { "\(folder)/rules.json" }

  /// The plan and circumstances of the study in a folder.
  ///
  /// - Throws: ``StudyError`` when there is none or its file is damaged.
  static func read(in folder: String) throws(StudyError) -> RulesDescription {
    let path = path(folder)
    guard DurableFile.exists(path) else { throw .noStudy(folder: folder) }
    return try readDescription(RulesDescription.self, from: path, format: currentFormat, StudyError.planFile)
  }
}
