import BatchFoundation

/// The kinds of study that are known, by which a folder's study is told and read.
///
/// A new kind is one more line in ``builtIn``; a program with studies of its own adds theirs.
public struct StudyRegistry: Sendable {
  /// This library's kinds.
  public static let builtIn = StudyRegistry([
    SweepPlan.self, RulesPlan.self, NoiseScalePlan.self, BranchPlan.self, StepsToGoalPlan.self, RecommendPlan.self,
    VerifyPlan.self,
  ])

  /// The kinds.
  public private(set) var kinds: [any StudyPlan.Type]

  /// A registry of some kinds.
  public init(_ kinds: [any StudyPlan.Type]) { self.kinds = kinds }

  /// The same with one more kind.
  public func adding(_ kind: any StudyPlan.Type) -> StudyRegistry {
    self.kind(kind.kind) == nil ? StudyRegistry(kinds + [kind]) : self
  }

  /// The kind of a name; nil for one that is not known.
  public func kind(_ name: String) -> (any StudyPlan.Type)? { kinds.first { $0.kind == name } }

  /// The kind of the study in a folder.
  ///
  /// - Throws: ``StudyError`` when there is none, or it is of another version or of a kind that is not known.
  public func kind(of folder: String) throws(StudyError) -> any StudyPlan.Type {
    let path = "\(folder)/\(StudyFiles.description)"
    if case .oldStudy(let path) = FolderContent(of: folder, studies: self) { throw .oldStudy(path: path) }
    guard DurableFile.exists(path) else { throw .noStudy(folder: folder) }
    // All kinds have the same frame.
    let header = try readDescription(
      StudyHeader.self, from: path, format: StudyDescription<SweepPlan>.currentFormat, StudyError.planFile)
    guard let kind = kind(header.kind) else { throw .unknownKind(path: path, kind: header.kind) }
    return kind
  }

  /// What the study in a folder is, with its article; nil for one that cannot be read.
  func title(of folder: String) -> String? {
    guard let bytes = try? DurableFile.read("\(folder)/\(StudyFiles.description)"),
      let header = try? RecordJSON.decode(StudyHeader.self, from: bytes, path: folder)
    else { return nil }
    return kind(header.kind)?.title ?? "a study of the kind '\(header.kind)'"
  }
}
