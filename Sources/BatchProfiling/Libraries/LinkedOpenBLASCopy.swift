import CBatchKernels
import COpenBLAS
import Glibc

extension CBLASFile {
  /// Loads the OpenBLAS that this process is linked with a second time, with variables and threads of its own.
  ///
  /// So OpenBLAS on its own threads can be timed while the linked one stays at one thread beneath the package's teams.
  /// Each call loads another copy, of the file's size in memory, which stays. A build with OpenMP still shares the
  /// threads of the process's OpenMP.
  ///
  /// - Throws: ``CBLASFileError`` when the file cannot be found, copied or loaded.
  public static func copyOfLinkedOpenBLAS() throws(CBLASFileError) -> CBLASFile {
    guard let linked = linkedOpenBLAS() else {
      throw .noSuchFile(path: "the linked OpenBLAS", reason: "no file belongs to its functions")
    }
    return try CBLASFile(copyOf: linked.path, symbolPrefix: "")
  }

  convenience init(copyOf path: String, symbolPrefix: String) throws(CBLASFileError) {
    // The system gives a file that it has loaded before, which it knows by name and by inode, not a second time. The
    // descriptor stays open, since another copy behind the same number would be taken for this one by its name.
    let file = bk_copy_into_memory(path)
    guard file >= 0 else { throw .cannotCopy(path: path, reason: String(cString: strerror(errno))) }
    try self.init(SharedLibrary("/proc/self/fd/\(file)", named: path), path: path, symbolPrefix: symbolPrefix)
  }
}

/// Where the OpenBLAS that this process is linked with is mapped, and its file.
func linkedOpenBLAS() -> (base: UnsafeRawPointer, path: String)? {
  let function: @convention(c) () -> UnsafeMutablePointer<CChar>? = openblas_get_config
  return SharedLibrary.holding(unsafeBitCast(function, to: UnsafeRawPointer.self))
}
