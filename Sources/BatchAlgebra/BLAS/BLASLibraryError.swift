public import BatchFoundation

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
