import Glibc

/// Writing that survives a crash: a file is whole under its name, or it is not there.
public enum DurableFile {
  /// Replaces the file at `path` as a whole: written under a temporary name, flushed to the disk, renamed.
  ///
  /// - Throws: ``FileError``, as on a full disk. What was there before stays, unless only the last step failed, which
  ///   makes the new name safe; nothing half done is left.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    // Two processes may write the same file, as shards that end together do a report: each its own, and the last stays.
    let temporary = "\(path).\(getpid()).partial"
    var file = try AppendingFile(path: temporary)
    do throws(FileError) {
      try file.append(bytes)
      try file.finish(renamingTo: path)
    } catch {
      try? remove(temporary)
      throw error
    }
  }

  /// Adds bytes at the end of a file, which is made where it is missing; where that fails, as on a full disk, the file
  /// is what it was.
  ///
  /// The system has the bytes when this returns, so that they outlive the process; ``flush(_:)`` makes them outlive the
  /// machine.
  package static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    var file = try AppendingFile(continuing: path)
    let byteCount = file.byteCount
    do throws(FileError) {
      try file.append(bytes)
    } catch {
      file.cut(to: byteCount)
      throw error
    }
  }

  /// Flushes a file's content, and its name, to the disk; one that is not there has none.
  package static func flush(_ path: String) throws(FileError) {
    guard exists(path) else { return }
    // A file is flushed as a folder is.
    try flushFolder(path)
    try flushFolder(parent(of: path))
  }

  /// Makes sure that a file can be written at a path, in a folder that is made where it is missing.
  ///
  /// - Throws: ``FileError``, as ``write(_:to:)`` would.
  package static func requireWritable(_ path: String) throws(FileError) {
    try makeFolder(parent(of: path))
    let trial = path + ".partial"
    _ = try AppendingFile(path: trial)
    try remove(trial)
  }

  /// The whole content of a file.
  package static func read(_ path: String) throws(FileError) -> [UInt8] {
    try InputFile<FileError>(path: path) { .system(path: path, action: "read", reason: $0.reason) }.rest()
  }

  /// Makes a folder and those above it, where they are missing; each new one is safe when this returns.
  package static func makeFolder(_ path: String) throws(FileError) {
    let path = withoutTrailingSlashes(path)
    if mkdir(path, 0o777) == 0 { return try flushFolder(parent(of: path)) }
    var code = errno
    if code == ENOENT, path.contains("/") {
      try makeFolder(parent(of: path))
      if mkdir(path, 0o777) == 0 { return try flushFolder(parent(of: path)) }
      code = errno
    }
    // It may have been there, or another process was faster.
    if isFolder(path) { return }
    errno = code
    throw failure("make the folder", path)
  }

  /// The folder that holds what is at the path.
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    let folder = withoutTrailingSlashes(String(path[..<slash]))
    return folder.isEmpty ? "/" : folder
  }

  private static func withoutTrailingSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  /// Flushes a folder's entries to the disk.
  static func flushFolder(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("write", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("write", path) }
  }

  /// Whether there is a folder, or a link to one, at the path.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is anything at the path.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The names in a folder, sorted.
  package static func names(in folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else { throw failure("read the folder", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes what writers that were killed have left in a folder.
  package static func removeUnfinished(in folder: String) throws(FileError) {
    for name in try names(in: folder) where name.hasSuffix(".partial") { try remove("\(folder)/\(name)") }
  }

  /// Removes a file; one that is not there is no error.
  package static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
  }

  /// The error of the system call that has just failed.
  package static func failure(_ action: String, _ path: String) -> FileError {
    .system(path: path, action: action, reason: String(cString: strerror(errno)))
  }
}

/// A file that grows line by line under a temporary name and gets its own when it is whole.
package struct AppendingFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Opens an empty file, in place of what a run that was killed may have left.
  package init(path: String) throws(FileError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw DurableFile.failure("write", path) }
    self.path = path
  }

  /// Makes a file under its own name, to which others may add as well; an error where there is one.
  package init(creating path: String) throws(FileError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw DurableFile.failure("make", path) }
    self.path = path
  }

  /// Opens a file under its own name to add to it; it is made where it is missing.
  package init(continuing path: String) throws(FileError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw DurableFile.failure("write", path) }
    self.path = path
  }

  deinit { close(descriptor) }

  /// The number of bytes that the file holds.
  package var byteCount: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Hands the bytes to the system, which keeps them even if this process is killed.
  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in try append(UnsafeRawBufferPointer(bytes)) }
  }

  /// Hands the bytes to the system, which keeps them even if this process is killed.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = UnsafeRawBufferPointer(rebasing: rest)
      let count = write(descriptor, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes over bytes that are already there; the file goes on growing at its end.
  package mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("write", path) }
      done += count
    }
  }

  /// Takes away what lies behind the first bytes, where the system lets it.
  package mutating func cut(to byteCount: Int) { _ = ftruncate(descriptor, byteCount) }

  /// Flushes the file to the disk and gives it its own name.
  package mutating func finish(renamingTo name: String) throws(FileError) {
    guard fsync(descriptor) == 0 else { throw DurableFile.failure("write", path) }
    guard rename(path, name) == 0 else { throw DurableFile.failure("write", name) }
    // The new name is safe only when the folder that holds it is.
    try DurableFile.flushFolder(DurableFile.parent(of: name))
  }
}
