import BatchAlgebra

/// The way that a call takes through OpenBLAS on x86-64, from its documented conditions.
///
/// From the source of version 0.3.21 (interface/gemm.c and kernel/x86_64/sgemm_small_kernel_permit_skylakex.c), which
/// later versions share: up to 10⁶ multiply-adds processors with AVX-512 multiply small matrices as they lie, on one
/// thread; all other calls copy (pack) both operands first, and above 262,144 multiply-adds run on all threads.
public struct OpenBLASPath: Sendable, Hashable {
  /// The processor family whose kernels are in use, as OpenBLAS names it.
  public var coreName: String
  /// The number of threads that it may use.
  public var threads: Int

  /// A path through a library.
  public init(coreName: String, threads: Int) {
    self.coreName = coreName
    self.threads = threads
  }

  /// The path through the library that this process is linked with.
  public static func linked(threads: Int) -> OpenBLASPath {
    OpenBLASPath(coreName: BLASLibrary.loaded.coreName, threads: threads)
  }

  private static var largestSmallWork: Double { 1e6 }
  private static var largestSingleThreadWork: Double { 262_144 }

  /// Whether the core has kernels for small matrices.
  private var hasSmallKernels: Bool { OpenBLASCore.instructionSet(of: coreName) == .avx512 }

  /// Whether a call is multiplied as its operands lie.
  public func isSmall(_ call: BLASCall) -> Bool {
    guard hasSmallKernels, call.work <= Self.largestSmallWork else { return false }
    // Row-major calls are handed on with A and B exchanged, so that "A transposed" there is B transposed here.
    return call.transposeB == .none || (call.m * call.n <= 1200 && call.k >= 32)
  }

  /// How a call is computed.
  public func method(_ call: BLASCall) -> ProductMethod {
    if isSmall(call) {
      return ProductMethod(
        description: "small-matrix path (no packing, one thread)", threads: 1, packs: false, imbalance: 1)
    }
    let isSingle = threads == 1 || call.work <= Self.largestSingleThreadWork
    return ProductMethod(
      description: isSingle ? "packed path, one thread" : "packed path, \(threads) threads",
      threads: isSingle ? 1 : threads, packs: true, tileWork: tileWork(call), imbalance: isSingle ? 1 : nil)
  }

  /// The work of whole tiles over that asked for; 16 columns by 4 rows with AVX-512, 8 by 4 without (param.h).
  private func tileWork(_ call: BLASCall) -> Double? {
    let columns = hasSmallKernels ? 16 : 8
    func padded(_ count: Int, _ tile: Int) -> Double { Double((count + tile - 1) / tile * tile) / Double(count) }
    return padded(call.m, 4) * padded(call.n, columns)
  }
}
