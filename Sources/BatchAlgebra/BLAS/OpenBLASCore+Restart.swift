import Glibc

extension OpenBLASCore {
  /// Starts the program again with kernels that fit the processor, where OpenBLAS has chosen slower ones; else returns.
  ///
  /// Call it first of all in `main`: what was done before is done again. Process number, arguments, open files, working
  /// folder and environment stay, except that `OPENBLAS_CORETYPE` is set, for programs that are started from this one,
  /// too. It happens once, and never where the user has set that variable; where the system refuses, the program goes
  /// on with the kernels that it has, and ``warning`` says so.
  public static func restartIfShort() {
    let core = current
    guard let name = core.nameToRestartWith, let path = programPath else { return }
    setenv(coreVariable, name, 1)
    setenv(originalVariable, core.name, 1)
    execv(path, CommandLine.unsafeArgv)
    // A program that has been replaced or removed since it was started has no path, but this name.
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    unsetenv(coreVariable)
    unsetenv(originalVariable)
  }

  /// The family to start again with; nil where nothing is to be gained, the user has decided, or it has been tried.
  var nameToRestartWith: String? { requestedName == nil && originalName == nil ? betterName : nil }

  /// The file of this program: under its own name the process keeps the name that tools show.
  private static var programPath: String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &bytes, bytes.count)
    guard length > 0 else { return nil }
    let path = String(decoding: bytes[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // A program that was started through the loader cannot be started again by the loader's path and its own arguments.
    return path.split(separator: "/").last?.hasPrefix("ld-") == true ? nil : path
  }
}
