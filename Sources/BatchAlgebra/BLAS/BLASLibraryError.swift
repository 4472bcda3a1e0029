/// An OpenBLAS that must not be used.
public enum BLASLibraryError: Error, Equatable, CustomStringConvertible {
  /// A build without threads, whose products are wrong when several threads call it.
  case serialBuild(configuration: String)
  /// A build with OpenMP, which starts threads of its own beneath each thread of a team.
  case unpinnedOpenMPBuild(configuration: String)

  public var description: String {
    switch self {
    case .serialBuild(let configuration):
      "this OpenBLAS (\(configuration)) is a serial build, which computes wrong products when several threads call it; "
        + "install the threaded build (apt-get install libopenblas0-pthread, then update-alternatives "
        + "--config libopenblas.so.0-$(uname -m)-linux-gnu)"
    case .unpinnedOpenMPBuild(let configuration):
      "this OpenBLAS (\(configuration)) is an OpenMP build, which starts threads of its own beneath each thread that "
        + "calls it; set OMP_NUM_THREADS=1, or install the threaded build (apt-get install libopenblas0-pthread, then "
        + "update-alternatives --config libopenblas.so.0-$(uname -m)-linux-gnu)"
    }
  }
}
