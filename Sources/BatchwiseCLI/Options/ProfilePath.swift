import Glibc

/// Where a profile is: a file, or a folder that holds one.
enum ProfilePath {
  /// The file itself, or `profile.json` in a folder.
  static func file(_ path: String) -> String { isFolder(path) ? "\(path)/profile.json" : path }

  /// Whether there is a profile at the path or in it.
  static func holdsProfile(_ path: String) -> Bool {
    isFolder(path) ? access("\(path)/profile.json", F_OK) == 0 : path.hasSuffix(".json")
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
