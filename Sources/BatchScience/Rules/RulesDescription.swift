import BatchData
public import BatchProfiling

/// The content of a rules study's `rules.json`.
public struct RulesDescription: Sendable, Hashable, Codable {
  /// One variant, and where it is.
  public struct Variant: Sendable, Hashable, Codable {
    /// The rule, with or without a warm-up.
    public var variant: RuleVariant
    /// The folder of its sweep, within the study's.
    public var folder: String
    /// Whether its trials at the base batch are those of ``RuleVariant/reference``.
    public var sharesBase: Bool
  }

  /// The version of the format.
  public var format = 1
  /// What is trained, and how.
  public var plan: RulesPlan
  /// The variants, in the order in which they run.
  public var variants: [Variant]
  /// The machine on which the study was begun.
  public var environment: MachineEnvironment
  /// The arguments with which the study was begun.
  public var arguments: [String]

  /// A description of a study that begins now, on this machine.
  public init(plan: RulesPlan, arguments: [String]) {
    self.plan = plan
    self.arguments = arguments
    variants = plan.variants.map { Variant(variant: $0, folder: $0.folderName, sharesBase: $0.sharesBase) }
    environment = .current()
  }

  static func path(_ folder: String) -> String { "\(folder)/rules.json" }

  /// The plan and circumstances of the study in a folder.
  ///
  /// - Throws: ``StudyError`` when there is none or its file is damaged.
  static func read(in folder: String) throws(StudyError) -> RulesDescription {
    let path = path(folder)
    guard DurableFile.exists(path) else { throw .noStudy(folder: folder) }
    return try filing { () throws(FileError) in
      try RecordJSON.decode(RulesDescription.self, from: try DurableFile.read(path), path: path)
    }
  }
}
