import BatchData
import Glibc

/// The right to write a folder, which one process at a time has; given back when the lock goes, as with the process.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Takes the right; makes the folder where it is missing.
  ///
  /// - Throws: ``StudyError/locked(folder:)`` when another process has it.
  init(_ folder: String) throws(StudyError) {
    let path = "\(folder)/study.lock"
    try filing { () throws(FileError) in try DurableFile.makeFolder(folder) }
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .file(DurableFile.failure("write", path)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .locked(folder: folder) }
  }

  deinit { close(descriptor) }
}
