import BatchFoundation
import Glibc

/// The right to write a folder, which one process at a time has; given back when the lock goes, as with the process.
final class FolderLock: Sendable {
  /// The file in the folder that is locked; it stays, and says nothing.
  static let fileName = ".lock"

  private let descriptor: Int32

  /// Takes the right; makes the folder where it is missing.
  ///
  /// - Throws: ``StudyError/locked(folder:)`` when another process has it, ``StudyError/file(_:)`` when the system
  ///   refuses.
  init(_ folder: String) throws(StudyError) {
    let path = "\(folder)/\(Self.fileName)"
    try filing { () throws(FileError) in try DurableFile.makeFolder(folder) }
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .file(DurableFile.failure("write", path)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // As on a file system that knows no locks.
      guard errno == EWOULDBLOCK else { throw .file(DurableFile.failure("lock", path)) }
      throw .locked(folder: folder)
    }
  }

  deinit { close(descriptor) }
}
