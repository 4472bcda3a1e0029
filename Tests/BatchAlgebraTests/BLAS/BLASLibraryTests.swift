import COpenBLAS
import Testing

@testable import BatchAlgebra

@Suite struct BLASLibraryTests {
  @Test func loadedLibraryNamesItself() {
    let library = BLASLibrary.loaded
    #expect(library.configuration.contains("OpenBLAS"))
    #expect(library.version.split(separator: ".").count >= 3 && library.version.first?.isNumber == true)
    #expect(!library.coreName.isEmpty)
  }

  /// What threads that ask at once read of it is the same.
  @Test func whatItSaysOfItselfIsTheSameForAllThreads() async {
    let texts = await withTaskGroup(of: Set<String>.self) { group in
      for _ in 0..<4 { group.addTask { Set((0..<2_000).map { _ in BLASLibrary.loaded.configuration }) } }
      return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
    }
    #expect(texts.count == 1)
  }

  @Test func prepareSucceedsAndPinsToOneThread() throws {
    #expect(try BLASLibrary.prepare() == BLASLibrary.loaded)
    #expect(openblas_get_num_threads() == 1)
    try BLASLibrary.prepare()
  }

  @Test func serialBuildIsRefusedWithItsMend() {
    let library = BLASLibrary(configuration: "OpenBLAS 0.3.21 SINGLE", coreName: "Zen", threading: .serial)
    #expect(throws: BLASLibraryError.serialBuild(configuration: "OpenBLAS 0.3.21 SINGLE")) {
      try library.requireUsable(ompThreads: "1")
    }
    #expect(
      BLASLibraryError.serialBuild(configuration: "OpenBLAS 0.3.21 SINGLE").description
        == "this OpenBLAS (OpenBLAS 0.3.21 SINGLE) is a serial build, which computes wrong products when several "
        + "threads call it; install the threaded build (apt-get install libopenblas0-pthread, then "
        + "update-alternatives --config libopenblas.so.0-$(uname -m)-linux-gnu)")
  }

  @Test func openMPBuildNeedsItsOwnPin() throws {
    let library = BLASLibrary(configuration: "OpenBLAS 0.3.21 USE_OPENMP", coreName: "Zen", threading: .openMP)
    try library.requireUsable(ompThreads: "1")
    for value in [nil, "", "2", "4,1"] {
      #expect(throws: BLASLibraryError.unpinnedOpenMPBuild(configuration: "OpenBLAS 0.3.21 USE_OPENMP")) {
        try library.requireUsable(ompThreads: value)
      }
    }
    #expect(
      BLASLibraryError.unpinnedOpenMPBuild(configuration: "X").description.contains(
        "set OMP_NUM_THREADS=1, or install the threaded build (apt-get install libopenblas0-pthread"))
  }
}
