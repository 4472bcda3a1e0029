import Batchwise

/// Where a profile is: a file, or a folder that holds one.
enum ProfilePath {
  /// The file itself, or `profile.json` in a folder.
  static func file(_ path: String) -> String { DurableFile.isFolder(path) ? "\(path)/profile.json" : path }

  /// Whether there is a profile at the path or in it.
  static func holdsProfile(_ path: String) -> Bool {
    DurableFile.isFolder(path) ? DurableFile.exists(file(path)) : path.hasSuffix(".json")
  }
}
