import Batchwise

/// Where a profile is: a file, or a folder that holds one.
struct ProfilePath {
  /// The file.
  let file: String

  /// The file itself, or `profile.json` in a folder.
  init(_ path: String) { file = DurableFile.isFolder(path) ? "\(path)/profile.json" : path }

  /// The folder that the file lies in.
  var folder: String { DurableFile.parent(of: file) }

  /// The profile.
  ///
  /// - Throws: `DataError` when it cannot be read, `FileError` when it is damaged.
  func profile() throws -> Profile {
    do {
      return try Profile(path: file)
    } catch {
      guard case .system(_, _, let reason) = error else { throw error }
      throw DataError(
        .unreadable, path: file, "the profile cannot be read (\(reason))",
        hint: "give a profile.json, or the folder of 'batchwise gemm' or 'batchwise profile' with --output")
    }
  }
}
