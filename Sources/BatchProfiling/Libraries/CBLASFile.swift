public import BatchAlgebra
public import COpenBLAS
import Glibc
import Synchronization

/// A CBLAS that was loaded from a file, to be timed beside the OpenBLAS that this process is linked with.
///
/// It runs its own code with threads of its own, and stays loaded until the process ends. Threads that a library starts
/// may run where the thread may that makes it start them: load it, set its threads and call it first from a thread that
/// is not bound to a processor.
public final class CBLASFile: @unchecked Sendable {
  /// The library's file.
  public let path: String
  /// What stands before the names of its functions, such as `scipy_`.
  public let symbolPrefix: String
  /// The name of the function that sets the number of its threads; nil where none is known.
  public let threadControl: String?
  /// Its version and build options, where it is an OpenBLAS.
  public let configuration: String?
  /// The processor family whose kernels it chose, where it is an OpenBLAS.
  public let coreName: String?

  /// OpenBLAS puts its answer together in a buffer that all threads share.
  private static let asking = Mutex(())

  private let sgemm: SingleGEMM
  private let dgemm: DoubleGEMM
  private let threadSetter: ThreadSetter?

  /// Loads a library.
  ///
  /// The very file of the linked OpenBLAS is loaded from a copy, as ``copyOfLinkedOpenBLAS()`` does. While an OpenBLAS
  /// is being loaded the environment variable `OPENBLAS_THREAD_TIMEOUT` is set, unless it is already, so that its idle
  /// threads soon stop spinning.
  ///
  /// - Throws: ``CBLASFileError`` for a file that is missing, no library, or without `cblas_sgemm` and `cblas_dgemm` on
  ///   32-bit integers behind the prefix.
  public convenience init(path: String, symbolPrefix: String = "") throws(CBLASFileError) {
    guard access(path, R_OK) == 0 else { throw .noSuchFile(path: path, reason: String(cString: strerror(errno))) }
    // A name without a slash would be looked for in the system's folders.
    let library = try SharedLibrary(path.contains("/") ? path : "./\(path)", named: path)
    guard let linked = linkedOpenBLAS(), let product = library.address("\(symbolPrefix)cblas_sgemm") else {
      try self.init(library, path: path, symbolPrefix: symbolPrefix)
      return
    }
    if SharedLibrary.holding(product)?.base == linked.base {
      try self.init(copyOf: linked.path, symbolPrefix: symbolPrefix)
    } else if library.address("openblas_get_config").flatMap(SharedLibrary.holding)?.base == linked.base {
      // Symbols are found in the libraries that a library needs, too.
      throw .frontOfLinkedOpenBLAS(path: path, linked: linked.path)
    } else {
      try self.init(library, path: path, symbolPrefix: symbolPrefix)
    }
  }

  init(_ library: SharedLibrary, path: String, symbolPrefix: String) throws(CBLASFileError) {
    func product(_ name: String) throws(CBLASFileError) -> UnsafeRawPointer {
      let symbol = symbolPrefix + name
      if let address = library.address(symbol) { return address }
      let search = PrefixSearch(path: path) { library.address($0) != nil }
      if search.prefixes.isEmpty, let wide = search.wideSymbol { throw .wideIntegers(path: path, symbol: wide) }
      throw .lacksSymbol(path: path, symbol: symbol, prefix: search.prefixes.first { $0 != symbolPrefix })
    }
    func text(_ name: String) -> String? {
      guard let address = library.address(symbolPrefix + name) else { return nil }
      return Self.asking.withLock { _ in unsafeBitCast(address, to: TextFunction.self)().map { String(cString: $0) } }
    }
    sgemm = unsafeBitCast(try product("cblas_sgemm"), to: SingleGEMM.self)
    dgemm = unsafeBitCast(try product("cblas_dgemm"), to: DoubleGEMM.self)
    configuration = text("openblas_get_config")
    coreName = text("openblas_get_corename")
    let controls = [
      "\(symbolPrefix)openblas_set_num_threads", "openblas_set_num_threads", "goto_set_num_threads",
      "MKL_Set_Num_Threads", "bli_thread_set_num_threads",
    ]
    threadControl = controls.first { library.address($0) != nil }
    threadSetter = threadControl.flatMap(library.address).map { unsafeBitCast($0, to: ThreadSetter.self) }
    self.path = path
    self.symbolPrefix = symbolPrefix
  }

  /// Sets the number of threads that the library's products run on; false, and nothing is set, where it is not known
  /// how.
  ///
  /// Some libraries keep the number for each thread that calls them: set it on the thread that computes.
  @discardableResult
  public func setThreads(_ count: Int) -> Bool {
    precondition(count >= 1 && count <= Int(Int32.max), "a thread count must be positive, not \(count)")
    threadSetter?(count)
    return threadSetter != nil
  }

  /// C ← α·op(A)·op(B) + β·C for row-major matrices; op(A) is m×k, op(B) k×n, C m×n.
  ///
  /// Takes what ``/BatchAlgebra/BLASScalar/blasGEMM(_:_:_:_:_:_:_:_:_:_:_:_:_:)`` takes, and checks as little.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gemm<S: Scalar>(
    _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ m: Int, _ n: Int, _ k: Int, _ alpha: S,
    _ a: UnsafePointer<S>, _ aStride: Int, _ b: UnsafePointer<S>, _ bStride: Int, _ beta: S,
    _ c: UnsafeMutablePointer<S>, _ cStride: Int
  ) {
    let (x, y, z) = (UnsafeRawPointer(a), UnsafeRawPointer(b), UnsafeMutableRawPointer(c))
    if S.self == Float.self {
      sgemm(
        CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), Float(alpha),
        x.assumingMemoryBound(to: Float.self), blasint(aStride), y.assumingMemoryBound(to: Float.self),
        blasint(bStride), Float(beta), z.assumingMemoryBound(to: Float.self), blasint(cStride))
    } else if S.self == Double.self {
      dgemm(
        CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), Double(alpha),
        x.assumingMemoryBound(to: Double.self), blasint(aStride), y.assumingMemoryBound(to: Double.self),
        blasint(bStride), Double(beta), z.assumingMemoryBound(to: Double.self), blasint(cStride))
    } else {
      preconditionFailure("no CBLAS computes in \(S.self)")
    }
  }
}

private typealias SingleGEMM =
  @convention(c) (
    CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Float, UnsafePointer<Float>, blasint,
    UnsafePointer<Float>, blasint, Float, UnsafeMutablePointer<Float>, blasint
  ) -> Void

private typealias DoubleGEMM =
  @convention(c) (
    CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Double, UnsafePointer<Double>, blasint,
    UnsafePointer<Double>, blasint, Double, UnsafeMutablePointer<Double>, blasint
  ) -> Void

/// With a count as wide as BLIS takes it; the others take an `int`, which is the lower half of the same register.
private typealias ThreadSetter = @convention(c) (Int) -> Void

private typealias TextFunction = @convention(c) () -> UnsafePointer<CChar>?
