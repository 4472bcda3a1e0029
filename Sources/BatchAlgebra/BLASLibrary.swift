import COpenBLAS

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
  public static var loaded: BLASLibrary {
    let threading: Threading =
      switch openblas_get_parallel() {
      case 0: .serial
      case 1: .pthread
      default: .openMP
      }
    return BLASLibrary(
      configuration: String(cString: openblas_get_config()), coreName: String(cString: openblas_get_corename()),
      threading: threading)
  }

  /// The version number, such as `0.3.21`; empty when the configuration does not name one.
  public var version: String {
    configuration.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init) ?? ""
  }

  /// Checks the library and pins it to one thread beneath the package's own teams; idempotent.
  ///
  /// Call it once before the first product. ``ThreadTeam`` cuts the work; two pools in one process would spin on each
  /// other's cores.
  ///
  /// - Throws: ``BLASLibraryError`` for a serial build, which computes wrong results when called from several threads.
  @discardableResult
  public static func prepare() throws(BLASLibraryError) -> BLASLibrary {
    let library = loaded
    guard library.threading != .serial else { throw .serialBuild(configuration: library.configuration) }
    openblas_set_num_threads(1)
    return library
  }
}

/// An OpenBLAS that must not be used.
public enum BLASLibraryError: Error, Equatable, CustomStringConvertible {
  /// A build without threads, whose products are wrong when several threads call it.
  case serialBuild(configuration: String)

  public var description: String {
    switch self {
    case .serialBuild(let configuration):
      "this OpenBLAS (\(configuration)) is a serial build, which computes wrong products when several threads call it; "
        + "install the threaded build (apt-get install libopenblas0-pthread, then update-alternatives "
        + "--config libopenblas.so.0-$(uname -m)-linux-gnu)"
    }
  }
}
