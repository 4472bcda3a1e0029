import BatchFoundation

/// What a folder holds of what this package keeps in folders; each has a folder of its own.
public enum FolderContent: Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// Nothing that is known here; a folder that is missing holds nothing, either.
  case nothing
  /// A study of rules, in `rules.json`; its variants are sweeps in folders of theirs.
  case rules
  /// A sweep, in `study.json`.
  case sweep
  /// A training run, in `run.json`.
  case run
  /// A profile, of products or of steps, in `profile.json`.
  case profile

  /// Looks at a folder.
  public init(of folder: String) {
    self =
      Self.allCases.first { content in content.file.map { DurableFile.exists("\(folder)/\($0)") } ?? false } ?? .nothing
  }

  /// The file by which it is known.
  private var file: String? {
    switch self {
    case .nothing: nil
    case .rules: "rules.json"
    case .sweep: "study.json"
    case .run: "run.json"
    case .profile: "profile.json"
    }
  }

  /// With its article: `a training run`.
  public var description: String {
    switch self {
    case .nothing: "nothing that is known"
    case .rules: "a study of rules"
    case .sweep: "a sweep"
    case .run: "a training run"
    case .profile: "a profile"
    }
  }

  /// Checks that a folder holds nothing of another kind, before anything of this kind is written there.
  ///
  /// - Throws: ``StudyError/otherKind(folder:holds:asked:)``.
  public func requireRoom(in folder: String) throws(StudyError) {
    let content = FolderContent(of: folder)
    guard content == .nothing || content == self else {
      throw .otherKind(folder: folder, holds: content, asked: self)
    }
  }
}
