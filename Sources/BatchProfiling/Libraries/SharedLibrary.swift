import CBatchKernels
import Glibc
import Synchronization

/// A library that was loaded from a file while the program ran, and that is never unloaded.
///
/// Libraries start threads of their own, which would lose the code that they run; what is loaded stays.
struct SharedLibrary {
  private let handle: UnsafeMutableRawPointer

  // One at a time, since loading changes the environment.
  private static let loading = Mutex(())

  /// Loads the library in `file`, with its own symbols before those of the process; errors call it by `path`.
  ///
  /// Without `RTLD_DEEPBIND` calls inside the library would find functions of the same name in the OpenBLAS that the
  /// process is linked with, which comes first: it would run that one's code, or its own on the other's variables.
  init(_ file: String, named path: String) throws(CBLASFileError) {
    handle = try Self.loading.withLock { _ throws(CBLASFileError) in
      let handle = withShortIdleSpin { dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND) }
      guard let handle else {
        throw .notALibrary(path: path, reason: dlerror().map { String(cString: $0) } ?? "no reason is known")
      }
      return handle
    }
  }

  /// The address of a symbol of this library or of one that it needs.
  func address(_ symbol: String) -> UnsafeRawPointer? { UnsafeRawPointer(dlsym(handle, symbol)) }

  /// Where the library that holds an address is mapped, and its file behind all links.
  static func holding(_ address: UnsafeRawPointer) -> (base: UnsafeRawPointer, path: String)? {
    var path: UnsafePointer<CChar>?
    guard let base = bk_library_base(address, &path), let path else { return nil }
    let file = realpath(path, nil)
    defer { free(file) }
    return (base, file.map { String(cString: $0) } ?? String(cString: path))
  }
}

/// Runs `load` with the environment in which an OpenBLAS keeps its idle threads spinning for only a moment.
///
/// They spin for 2²⁸ ticks of the time stamp counter by default, about a tenth of a second, and take the processors
/// from whatever is timed after them. OpenBLAS reads `OPENBLAS_THREAD_TIMEOUT`, the power of two, when it is loaded,
/// and takes 4 … 30 (`driver/others/blas_server.c`). 2²⁰ ticks are 0.25 to 0.5 ms at 2 to 4 GHz, and on 64-bit ARM too,
/// where OpenBLAS scales the counter to such a rate: long enough for threads to meet the next of calls that follow one
/// another.
///
/// A value that the user has set stays. The environment is as before afterwards; no other thread should read it
/// meanwhile.
private func withShortIdleSpin<R>(_ load: () -> R) -> R {
  let variable = "OPENBLAS_THREAD_TIMEOUT"
  guard getenv(variable) == nil else { return load() }
  setenv(variable, "20", 0)
  defer { unsetenv(variable) }
  return load()
}
