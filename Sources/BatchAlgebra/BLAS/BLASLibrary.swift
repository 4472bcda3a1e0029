public import BatchFoundation
import COpenBLAS
import Glibc

/// The OpenBLAS this process is linked with.
public struct BLASLibrary: Sendable, Hashable {
  /// OpenBLAS's version and build options, as it reports them.
  public let configuration: String
  /// The processor family whose kernels it chose.
  public let coreName: String
  /// How it was built to use threads.
  public let threading: Threading

  /// How an OpenBLAS build uses threads.
  public enum Threading: String, Sendable, Hashable {
    /// Without threads: not safe to call from several threads at once.
    case serial
    /// With its own pool of POSIX threads.
    case pthread
    /// With OpenMP.
    case openMP
  }

  /// The library as it is loaded, whether usable or not.
  ///
  /// Asked once: OpenBLAS puts its configuration together in a buffer at every call, and two threads that ask at once
  /// get parts of it twice.
  public static let loaded: BLASLibrary = {
    let threading: Threading =
      switch openblas_get_parallel() {
      case 0: .serial
      case 1: .pthread
      default: .openMP
      }
    return BLASLibrary(
      configuration: String(cString: openblas_get_config()), coreName: String(cString: openblas_get_corename()),
      threading: threading)
  }()

  /// The version number, such as `0.3.21`; empty when the configuration does not name one.
  public var version: String {
    configuration.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init) ?? ""
  }

  /// Checks the library and pins it to one thread beneath the package's own teams; idempotent.
  ///
  /// Call it before the first product; it holds for the whole process, LAPACK included. ``ThreadTeam`` cuts the work;
  /// two pools in one process would spin on each other's cores.
  ///
  /// An OpenMP build takes its thread count from the thread that calls it, so that a pin set here does not reach the
  /// helpers of a team. It is accepted only where the environment variable `OMP_NUM_THREADS` is `1`.
  ///
  /// - Throws: ``BLASLibraryError`` for a serial build, which computes wrong results when called from several threads,
  ///   and for an OpenMP build that cannot be pinned.
  @discardableResult
  public static func prepare() throws(BLASLibraryError) -> BLASLibrary {
    let library = loaded
    try library.requireUsable(ompThreads: getenv("OMP_NUM_THREADS").map { String(cString: $0) })
    openblas_set_num_threads(1)
    return library
  }

  /// Throws unless the build can run at one thread beneath every thread of a team.
  func requireUsable(ompThreads: String?) throws(BLASLibraryError) {
    switch threading {
    case .pthread: break
    case .serial: throw .serialBuild(configuration: configuration)
    case .openMP: guard ompThreads == "1" else { throw .unpinnedOpenMPBuild(configuration: configuration) }
    }
  }
}

/// An OpenBLAS that must not be used.
public enum BLASLibraryError: DiagnosticError, Equatable {
  /// A build without threads, whose products are wrong when several threads call it.
  case serialBuild(configuration: String)
  /// A build with OpenMP, which starts threads of its own beneath each thread of a team.
  case unpinnedOpenMPBuild(configuration: String)

  public var diagnosis: Diagnosis {
    let install =
      "install the threaded build (apt-get install libopenblas0-pthread, then update-alternatives "
      + "--config libopenblas.so.0-$(uname -m)-linux-gnu)"
    switch self {
    case .serialBuild(let configuration):
      return Diagnosis(
        .system,
        "this OpenBLAS (\(configuration)) is a serial build, which computes wrong products when several threads call it",
        hint: install)
    case .unpinnedOpenMPBuild(let configuration):
      return Diagnosis(
        .system,
        "this OpenBLAS (\(configuration)) is an OpenMP build, which starts threads of its own beneath each thread that "
          + "calls it",
        hint: "set OMP_NUM_THREADS=1, or \(install)")
    }
  }
}
