import COpenBLAS

/// C ← α·op(A)·op(B) + β·C as a value that the threads of a team run in shares.
///
/// C is cut along its longer side: each thread computes whole rows or whole columns of it. The cut depends on the
/// shapes and the number of threads alone, so the same team size gives the same bits. A task that does more to C than
/// the product, as a dense layer does, calls ``run(thread:of:)`` and goes on with its own ``block(thread:of:)`` while
/// that is in the cache.
public struct Product<S: Scalar>: TeamTask {
  private let alpha: S
  private let a: MatrixView<S>
  private let transposeA: Transposition
  private let b: MatrixView<S>
  private let transposeB: Transposition
  private let beta: S
  private let c: MutableMatrixView<S>
  private let m: Int
  private let n: Int
  private let k: Int

  /// A product of operands that fit: op(A) M×K, op(B) K×N, C M×N; shapes that do not are a programmer's error.
  public init(
    alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, times b: MatrixView<S>,
    _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
  ) {
    do {
      try self.init(checking: alpha, a, transposeA, b, transposeB, beta, c)
    } catch {
      fatalError(error.description)
    }
  }

  init(
    checking alpha: S, _ a: MatrixView<S>, _ transposeA: Transposition, _ b: MatrixView<S>,
    _ transposeB: Transposition, _ beta: S, _ c: MutableMatrixView<S>
  ) throws(ShapeError) {
    (m, k) = transposeA == .none ? (a.rows, a.columns) : (a.columns, a.rows)
    let inner: Int
    (inner, n) = transposeB == .none ? (b.rows, b.columns) : (b.columns, b.rows)
    guard inner == k, c.rows == m, c.columns == n else {
      throw ShapeError(
        "matrix product: op(A) is \(m)×\(k), op(B) is \(inner)×\(n) and C is \(c.rows)×\(c.columns); "
          + "they must be M×K, K×N and M×N")
    }
    try requireBLASLength("matrix product", max(max(m, n, k), max(a.rowStride, b.rowStride, c.rowStride)))
    self.alpha = alpha
    self.a = a
    self.transposeA = transposeA
    self.b = b
    self.transposeB = transposeB
    self.beta = beta
    self.c = c
  }

  /// False below about 10 µs of work, where a second thread gains less than handing the work over costs.
  ///
  /// In floating point, because M·N·K may exceed an Int.
  public var isWorthSharing: Bool { Double(m) * Double(n) * Double(k) >= 262_144 }

  /// The rows and columns of C that one thread computes; empty when there is nothing left for it.
  public func block(thread: Int, of threads: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    // 16 columns or rows are one AVX-512 register: no thread's share ends inside the tile of another.
    m > n
      ? (workShare(of: m, thread: thread, threads: threads, grain: 16), 0..<n)
      : (0..<m, workShare(of: n, thread: thread, threads: threads, grain: 16))
  }

  /// Computes the block of one thread.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(thread: Int, of threads: Int) {
    let (rows, columns) = block(thread: thread, of: threads)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let target = c.block(rows: rows, columns: columns)
    guard k > 0 else {
      scale(target)
      return
    }
    S.blasGEMM(
      transposeA.blas, transposeB.blas, rows.count, columns.count, k, alpha,
      a.baseAddress + rows.lowerBound * (transposeA == .none ? a.rowStride : 1), max(a.rowStride, 1),
      b.baseAddress + columns.lowerBound * (transposeB == .none ? 1 : b.rowStride), max(b.rowStride, 1), beta,
      target.baseAddress, target.rowStride)
  }

  /// C ← β·C: what a product over nothing leaves.
  private func scale(_ target: MutableMatrixView<S>) {
    for i in 0..<target.rows {
      for j in 0..<target.columns { target[i, j] = beta == 0 ? 0 : beta * target[i, j] }
    }
  }
}
