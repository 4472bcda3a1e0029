import BatchFoundation
import Glibc

/// The right to write a folder, which one process at a time has, or one for each shard of a study; given back when the
/// lock goes, as with the process.
final class FolderLock: Sendable {
  /// The file in the folder that is locked; it stays, and says nothing.
  static let fileName = ".lock"

  private let whole: LockedFile
  private let part: LockedFile?

  /// Takes the right to all of a folder, or to a shard's part of it; makes the folder where it is missing.
  ///
  /// - Throws: ``StudyError/locked(folder:)`` when another process has it, ``StudyError/file(_:)`` when the system
  ///   refuses.
  init(_ folder: String, shard: StudyShard = .whole) throws(StudyError) {
    try filing { () throws(FileError) in try DurableFile.makeFolder(folder) }
    let path = "\(folder)/\(Self.fileName)"
    guard shard != .whole else {
      (whole, part) = (try LockedFile(path, LOCK_EX, of: folder), nil)
      return
    }
    whole = try LockedFile(path, LOCK_SH, of: folder)
    // Parts of another division would overlap with this one.
    let names = try filing { () throws(FileError) in try DurableFile.names(in: folder) }
    for name in names where name.hasPrefix("\(Self.fileName)-") && !name.hasSuffix("-of-\(shard.count)") {
      _ = try LockedFile("\(folder)/\(name)", LOCK_SH, of: folder)
    }
    part = try LockedFile("\(path)-\(shard.index)-of-\(shard.count)", LOCK_EX, of: folder)
  }

  /// Whether somebody has the right to write a folder, or a part of it.
  static func isHeld(_ folder: String) -> Bool {
    let descriptor = open("\(folder)/\(fileName)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    // The lock that this takes, where it does, goes at once.
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Waits until no other process is opening the folder, and keeps others waiting while the body does.
  ///
  /// Shards that begin at the same time must agree on what the study is.
  static func whileOpening<R>(_ folder: String, _ body: () throws(StudyError) -> R) throws(StudyError) -> R {
    try filing { () throws(FileError) in try DurableFile.makeFolder(folder) }
    return try alone(in: folder, at: ".opening", body)
  }

  /// Waits until no other process holds the lock of that name in the folder, and holds it while the body runs.
  static func alone<R>(
    in folder: String, at name: String, _ body: () throws(StudyError) -> R
  ) throws(StudyError) -> R {
    let lock = try LockedFile("\(folder)/\(name)", LOCK_EX, waits: true, of: folder)
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }
}

/// An open file with a lock of the system's on it.
private final class LockedFile: Sendable {
  private let descriptor: Int32

  init(_ path: String, _ mode: Int32, waits: Bool = false, of folder: String) throws(StudyError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .file(DurableFile.failure("write", path)) }
    while flock(descriptor, waits ? mode : mode | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      // As on a file system that knows no locks.
      guard errno == EWOULDBLOCK else { throw .file(DurableFile.failure("lock", path)) }
      throw .locked(folder: folder)
    }
  }

  deinit { close(descriptor) }
}
