import BatchFoundation

/// What a folder holds of what this package keeps in folders; each has a folder of its own.
public enum FolderContent: Sendable, Hashable, CustomStringConvertible {
  /// Nothing that is known here; a folder that is missing holds nothing, either.
  case nothing
  /// A study, in `study.json`; with the title of its kind, as `a sweep`, where the file can be read.
  case study(title: String?)
  /// A study as older versions kept it, in a file of another name.
  case oldStudy(path: String)
  /// A training run, in `run.json`.
  case run
  /// A profile, of products or of steps, in `profile.json`.
  case profile

  /// Looks at a folder; studies are told apart by the kinds of a registry.
  public init(of folder: String, studies: StudyRegistry = .builtIn) {
    func has(_ file: String) -> Bool { DurableFile.exists("\(folder)/\(file)") }
    // Older versions kept a study of rules in `rules.json`, beside which a sweep could once be written.
    if has("rules.json") {
      self = .oldStudy(path: "\(folder)/rules.json")
    } else if has(StudyFiles.description) {
      self = .study(title: studies.title(of: folder))
    } else if has("run.json") {
      self = .run
    } else if has("profile.json") {
      self = .profile
    } else {
      self = .nothing
    }
  }

  /// With its article: `a training run`.
  public var description: String {
    switch self {
    case .nothing: "nothing that is known"
    case .study(let title): title ?? "a study"
    case .oldStudy: "a study of an older version"
    case .run: "a training run"
    case .profile: "a profile"
    }
  }

  /// Whether another process, or another part of this one, is writing what a folder holds.
  public static func isInUse(_ folder: String) -> Bool { FolderLock.isHeld(folder) }

  /// Checks that a folder holds nothing of another kind, before anything of this kind is written there.
  ///
  /// - Throws: ``StudyError/otherKind(folder:holds:asked:)``.
  public func requireRoom(in folder: String, studies: StudyRegistry = .builtIn) throws(StudyError) {
    let content = FolderContent(of: folder, studies: studies)
    // Whoever reads it tells what is wrong with it.
    if case (.study, .study(nil)) = (self, content) { return }
    guard content == .nothing || content == self else {
      throw .otherKind(folder: folder, holds: content, asked: self)
    }
  }
}
