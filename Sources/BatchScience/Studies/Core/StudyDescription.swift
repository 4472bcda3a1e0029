public import BatchAlgebra
import BatchFoundation
public import BatchProfiling

/// The content of a study's `study.json`: what was begun, where, and with what.
public struct StudyDescription<Plan: StudyPlan>: Sendable, Hashable, Codable {
  /// The version of the format that is written and read.
  public static var currentFormat: Int { 3 }

  /// The version of the format it was written in.
  public var format = Self.currentFormat
  /// The kind of study.
  public var kind = Plan.kind
  /// What is measured, and how.
  public var plan: Plan
  /// What the study computes with; a resumed study computes with it, too.
  public var context: ComputeContext
  /// The fingerprints of the arrays that all trials share, by name.
  public var arrays: [String: String]
  /// The machine on which the study was begun.
  public var environment: MachineEnvironment
  /// The arguments with which the study was begun.
  public var arguments: [String]

  /// A description of a study that begins now, on this machine.
  public init(plan: Plan, context: ComputeContext, arrays: [String: String] = [:], arguments: [String] = []) {
    self.plan = plan
    self.context = context
    self.arrays = arrays
    self.arguments = arguments
    environment = .current(context)
  }

  /// What tells this study from others in the files of its trials: it changes with the plan's ``StudyPlan/identity`` and the
  /// compute context, on which their numbers depend.
  public var fingerprint: String {
    Fingerprint.of(RecordJSON.line(Identity(kind: kind, plan: plan.identity, context: context)))
  }

  private struct Identity: Encodable {
    var kind: String
    var plan: Plan
    var context: ComputeContext
  }

  /// The plan and circumstances of the study in a folder.
  ///
  /// - Throws: ``StudyError`` when there is none, it is one of another kind, or its file is damaged or makes no sense.
  public static func read(in folder: String) throws(StudyError) -> StudyDescription {
    let path = "\(folder)/\(StudyFiles.description)"
    if case .oldStudy(let path) = FolderContent(of: folder) { throw .oldStudy(path: path) }
    guard DurableFile.exists(path) else { throw .noStudy(folder: folder) }
    let header = try readDescription(StudyHeader.self, from: path, format: currentFormat, StudyError.planFile)
    guard header.kind == Plan.kind else {
      throw .notOfKind(folder: folder, holds: FolderContent(of: folder), asked: .study(title: Plan.title))
    }
    let description = try readDescription(Self.self, from: path, format: currentFormat, StudyError.planFile)
    if let problem = description.plan.invalidity {
      throw .planFile(.damaged(path: path, line: nil, reason: problem))
    }
    return description
  }
}

/// What a `study.json` of any kind says first.
struct StudyHeader: Decodable {
  var kind: String
}

/// The names of a study's files.
enum StudyFiles {
  static let description = "study.json"

  static func trials(in folder: String) -> String { "\(folder)/trials" }

  /// The names of a trial's files without their endings.
  ///
  /// The first is its key; an adaptive study has further ones, for trials of the same key that had other limits. No key has
  /// a plus sign.
  static func names(of key: String) -> some Sequence<String> {
    (1...).lazy.map { $0 == 1 ? key : "\(key)+\($0)" }
  }

  /// A trial's lines.
  static func events(of name: String, in folder: String) -> String { "\(trials(in: folder))/\(name).jsonl" }

  /// An array that a trial has kept.
  static func array(_ array: String, of name: String, in folder: String) -> String {
    "\(trials(in: folder))/\(name)-\(array).npy"
  }

  /// An array that all trials share.
  static func shared(_ name: String, in folder: String) -> String { "\(folder)/\(name).npy" }
}
