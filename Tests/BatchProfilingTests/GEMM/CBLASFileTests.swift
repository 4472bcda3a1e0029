import BatchAlgebra
import BatchFoundation
import BatchProfiling
import BatchTestSupport
import COpenBLAS
import Glibc
import Testing

@Suite struct CBLASFileTests {
  private static let shapes = [(1, 1, 1), (1, 7, 13), (17, 9, 31), (64, 65, 63), (128, 96, 200)]

  @Test(arguments: shapes)
  func computesWhatThreeLoopsCompute(shape: (m: Int, n: Int, k: Int)) throws {
    let library = try CBLASFile(path: linkedOpenBLAS())
    for threads in [1, 2] {
      #expect(library.setThreads(threads))
      expectProducts(of: library, shape, relative: 1e-5, as: Float.self)
      expectProducts(of: library, shape, relative: 1e-13, as: Double.self)
    }
  }

  @Test func libraryBehindAPrefixComputes() throws {
    let folder = TemporaryFolder()
    let path = try folder.compileLibrary(tinyCBLAS(prefix: "foo_"), to: "libtiny.so")
    let library = try CBLASFile(path: path, symbolPrefix: "foo_")
    #expect(library.path == path && library.symbolPrefix == "foo_")
    #expect(library.threadControl == nil && library.configuration == nil && library.coreName == nil)
    #expect(!library.setThreads(2))
    for shape in Self.shapes {
      expectProducts(of: library, shape, relative: 1e-5, as: Float.self)
      expectProducts(of: library, shape, relative: 1e-13, as: Double.self)
    }
  }

  @Test func libraryRunsItsOwnCode() throws {
    let folder = TemporaryFolder()
    // Names that the linked OpenBLAS has too, called across the library's own procedure table.
    let source =
      tinyCBLAS(prefix: "") + """
        static int threads = 70;
        int openblas_get_num_threads(void) { return threads; }
        void openblas_set_num_threads(int count) { threads = count; }
        const char *openblas_get_corename(void) { return threads == 7 ? "seven" : "tiny"; }
        const char *openblas_get_config(void) {
          openblas_set_num_threads(openblas_get_num_threads() / 10);
          return openblas_get_corename();
        }
        """
    try BLASLibrary.prepare()
    let library = try CBLASFile(path: folder.compileLibrary(source, to: "libtiny.so"))
    #expect(library.configuration == "seven" && library.coreName == "seven")
    #expect(library.threadControl == "openblas_set_num_threads" && library.setThreads(3))
    #expect(openblas_get_num_threads() == 1)
  }

  @Test(
    arguments: [
      ("goto_set_num_threads", "int"), ("MKL_Set_Num_Threads", "int"), ("bli_thread_set_num_threads", "long"),
      ("foo_openblas_set_num_threads", "int"),
    ])
  func setsTheThreadsOfOtherLibraries(function: String, type: String) throws {
    let folder = TemporaryFolder()
    let source =
      tinyCBLAS(prefix: "foo_") + """
        static \(type) threads = 1;
        void \(function)(\(type) count) { threads = count; }
        const char *foo_openblas_get_corename(void) { return threads == 1 ? "one" : "other"; }
        const char *foo_openblas_get_config(void) { return "a tiny library"; }
        """
    let path = try folder.compileLibrary(source, to: "libtiny.so")
    let library = try CBLASFile(path: path, symbolPrefix: "foo_")
    #expect(library.threadControl == function && library.coreName == "one")
    #expect(library.configuration == "a tiny library")
    #expect(library.setThreads(5))
    // The same library, since it is loaded only once.
    #expect(try CBLASFile(path: path, symbolPrefix: "foo_").coreName == "other")
  }

  @Test func copyHasThreadsOfItsOwn() async {
    await #expect(processExitsWith: .success) {
      unsetenv("OPENBLAS_THREAD_TIMEOUT")
      try BLASLibrary.prepare()
      let copies = try [CBLASFile.copyOfLinkedOpenBLAS(), .copyOfLinkedOpenBLAS()]
      for copy in copies {
        precondition(copy.threadControl == "openblas_set_num_threads", "no control")
        precondition(copy.configuration == BLASLibrary.loaded.configuration, "another build")
        precondition(copy.coreName == BLASLibrary.loaded.coreName, "another processor")
        precondition(copy.path.hasPrefix("/") && copy.path.contains("openblas"), copy.path)
        let before = threadCount()
        // More than it may have started when it was loaded.
        precondition(copy.setThreads(ThreadTeam.availableProcessors + 2), "no control")
        precondition(threadCount() >= before + 2, "no new threads")
        precondition(copy.setThreads(2))
      }
      precondition(openblas_get_num_threads() == 1, "the linked OpenBLAS is no longer at one thread")
      // The file itself is the linked library: it must come as a copy.
      let file = try CBLASFile(path: copies[0].path)
      precondition(file.setThreads(2) && openblas_get_num_threads() == 1, "the file is the linked library")
      precondition(getenv("OPENBLAS_THREAD_TIMEOUT") == nil, "the environment has changed")
      setenv("OPENBLAS_THREAD_TIMEOUT", "5", 1)
      _ = try CBLASFile.copyOfLinkedOpenBLAS()
      precondition(getenv("OPENBLAS_THREAD_TIMEOUT").map { String(cString: $0) } == "5", "the user's value has changed")
    }
  }

  @Test func refusesWhatIsNoLibrary() throws {
    let folder = TemporaryFolder()
    let missing = "\(folder.path)/libmissing.so"
    let text = folder.write("this is not a library\n", to: "notes.so")
    #expect(
      thrownError { () throws(CBLASFileError) in try CBLASFile(path: missing) }?.description
        == "\(missing): No such file or directory; give the file of a shared library that has the CBLAS interface "
        + "(ldconfig -p | grep -i blas lists those that the system knows)")
    guard
      case .notALibrary(let path, let reason) = thrownError({ () throws(CBLASFileError) in try CBLASFile(path: text) })
    else {
      Issue.record("a text file was not refused as no library")
      return
    }
    #expect(path == text && reason.contains(text))
    #expect(
      CBLASFileError.notALibrary(path: path, reason: reason).description
        == "\(text) cannot be loaded as a library: \(reason); give a shared library (lib….so) for this processor, and the "
        + "folders of the libraries that it needs in LD_LIBRARY_PATH")
  }

  @Test func refusesALibraryWithoutProducts() throws {
    let path = try #require(LoadedLibraries.paths(stems: ["m"]).first ?? LoadedLibraries.paths(stems: ["z"]).first)
    let error = thrownError { () throws(CBLASFileError) in try CBLASFile(path: path) }
    #expect(error == .lacksSymbol(path: path, symbol: "cblas_sgemm", prefix: nil))
    #expect(
      error?.description
        == "\(path) has no function cblas_sgemm; give a library that has the CBLAS interface, or the prefix that stands "
        + "before cblas_sgemm and cblas_dgemm in this one (nm -D lists its functions)")
  }

  @Test func suggestsThePrefix() throws {
    let folder = TemporaryFolder()
    let prefixed = try folder.compileLibrary(tinyCBLAS(prefix: "foo_"), to: "libfoo.so")
    let plain = try folder.compileLibrary(tinyCBLAS(prefix: ""), to: "libplain.so")
    #expect(
      thrownError { () throws(CBLASFileError) in try CBLASFile(path: prefixed) }?.description
        == "\(prefixed) has no function cblas_sgemm, but foo_cblas_sgemm; give the prefix foo_")
    #expect(
      thrownError { () throws(CBLASFileError) in try CBLASFile(path: plain, symbolPrefix: "foo_") }?.description
        == "\(plain) has no function foo_cblas_sgemm, but cblas_sgemm; give no prefix")
    let linked = try linkedOpenBLAS()
    #expect(
      thrownError { () throws(CBLASFileError) in try CBLASFile(path: linked, symbolPrefix: "foo_") }
        == .lacksSymbol(path: linked, symbol: "foo_cblas_sgemm", prefix: ""))
  }

  @Test func refusesALibraryWithOneOfTheProducts() throws {
    let folder = TemporaryFolder()
    let path = try folder.compileLibrary("void cblas_sgemm(void) {}\n", to: "libhalf.so")
    #expect(
      thrownError { () throws(CBLASFileError) in try CBLASFile(path: path) }
        == .lacksSymbol(path: path, symbol: "cblas_dgemm", prefix: nil))
  }

  @Test func refusesWideIntegers() throws {
    let folder = TemporaryFolder()
    let source = "void foo_cblas_sgemm64_(void) {}\nvoid foo_cblas_dgemm64_(void) {}\nvoid cblas_sgemm_batch(void) {}\n"
    let path = try folder.compileLibrary(source, to: "libwide.so")
    #expect(
      thrownError { () throws(CBLASFileError) in try CBLASFile(path: path, symbolPrefix: "foo_") }?.description
        == "\(path) is a build with 64-bit integers (its function is foo_cblas_sgemm64_), which is not supported; give the "
        + "build with 32-bit integers, whose function is cblas_sgemm, with or without a prefix")
  }

  @Test func refusesAFrontOfTheLinkedLibrary() throws {
    let folder = TemporaryFolder()
    let linked = try linkedOpenBLAS()
    let path = try folder.compileLibrary(tinyCBLAS(prefix: ""), to: "libfront.so", with: [linked])
    #expect(
      thrownError { () throws(CBLASFileError) in try CBLASFile(path: path) }?.description
        == "\(path) stands before \(linked), which this program runs already and keeps at one thread; give that file, of "
        + "which a copy with threads of its own is loaded")
  }

  @Test func namesTheFileThatCannotBeCopied() {
    #expect(
      CBLASFileError.cannotCopy(path: "/lib/libopenblas.so.0", reason: "Permission denied").description
        == "/lib/libopenblas.so.0 cannot be copied into memory, to be loaded a second time: Permission denied; make it "
        + "readable, and leave memory for a file of its size")
  }
}

/// The file of the OpenBLAS that this process is linked with.
private func linkedOpenBLAS() throws -> String { try #require(LoadedLibraries.paths(stems: ["openblas"]).first) }

/// The number of threads of this process.
private func threadCount() -> Int {
  let line = SystemFile.lines("/proc/self/status")?.first { $0.hasPrefix("Threads:") }
  return line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
}

/// Compares products of a library with the naive twin's, in all four transpositions and with padded rows.
private func expectProducts<S: Scalar>(
  of library: CBLASFile, _ shape: (m: Int, n: Int, k: Int), relative: Double, as type: S.Type
) {
  let (m, n, k) = shape
  var numbers = TestNumbers(seed: UInt64(m * 10_000 + n * 100 + k))
  for transposeA in [Transposition.none, .transposed] {
    for transposeB in [Transposition.none, .transposed] {
      let a = PaddedMatrix(
        rows: transposeA == .none ? m : k, columns: transposeA == .none ? k : m, padding: 3,
        numbers.uniform(count: m * k, as: S.self))
      let b = PaddedMatrix(
        rows: transposeB == .none ? k : n, columns: transposeB == .none ? n : k, padding: 1,
        numbers.uniform(count: k * n, as: S.self))
      let start = numbers.uniform(count: m * n, as: S.self)
      let c = PaddedMatrix(rows: m, columns: n, padding: 2, start)
      library.gemm(
        transposeA == .none ? CblasNoTrans : CblasTrans, transposeB == .none ? CblasNoTrans : CblasTrans, m, n, k, 0.5,
        a.baseAddress, a.rowStride, b.baseAddress, b.rowStride, -2, c.baseAddress, c.rowStride)
      let expected = naiveProduct(alpha: 0.5, a.view, transposeA, b.view, transposeB, beta: -2, start)
      #expect(firstMismatch(c.elements, expected, relative: relative, absolute: relative * Double(k)) == nil)
      #expect(c.paddingIsIntact)
    }
  }
}
