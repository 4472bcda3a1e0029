import COpenBLAS

/// How an operand enters a product.
public enum Transposition: Sendable, Hashable, CaseIterable {
  /// As it is stored.
  case none
  /// Rows and columns exchanged.
  case transposed

  var blas: CBLAS_TRANSPOSE { self == .none ? CblasNoTrans : CblasTrans }
}

/// C ← α·op(A)·op(B) + β·C, on one thread.
///
/// Shapes: op(A) M×K, op(B) K×N, C M×N, all row-major with any row stride; C must not overlap A or B. With β = 0 the
/// old C is not read, so it may hold anything. With K = 0 the product is zero; a C with no rows or columns is left alone.
///
/// - Throws: ``ShapeError`` with all three shapes when they do not fit, or with the length that BLAS cannot index.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: Scalar>(
  alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition, _ b: MatrixView<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  try GEMMTask(alpha: alpha, a, transposeA, b, transposeB, beta: beta, into: c).run(thread: 0, of: 1)
}

/// C ← α·op(A)·op(B) + β·C, cut among the threads of a team.
///
/// Shapes and β as in ``gemm(alpha:_:_:_:_:beta:into:)``. The same team size gives the same bits; another size may give
/// others, because OpenBLAS picks kernels by shape.
///
/// - Throws: ``ShapeError`` with all three shapes when they do not fit, or with the length that BLAS cannot index.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: Scalar>(
  team: ThreadTeam, alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition, _ b: MatrixView<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  let task = try GEMMTask(alpha: alpha, a, transposeA, b, transposeB, beta: beta, into: c)
  if task.isWorthSharing { team.run(task) } else { task.run(thread: 0, of: 1) }
}

/// The product op(A)·op(B) as a new matrix of M×N, for op(A) M×K and op(B) K×N; on one thread.
///
/// - Throws: ``AlgebraError`` when the shapes do not fit or the memory cannot be had.
public func product<S: Scalar>(
  _ a: Matrix<S>, _ transposeA: Transposition, _ b: Matrix<S>, _ transposeB: Transposition = .none
) throws(AlgebraError) -> Matrix<S> {
  var c = try allocating { () throws(AllocationError) in
    try Matrix<S>(
      rows: transposeA == .none ? a.rows : a.columns, columns: transposeB == .none ? b.columns : b.rows)
  }
  try fitting { () throws(ShapeError) in
    try c.withMutableView { target throws(ShapeError) in
      try a.withView { a throws(ShapeError) in
        try b.withView { b throws(ShapeError) in try gemm(a, transposeA, b, transposeB, into: target) }
      }
    }
  }
  return c
}

/// C ← α·A·B + β·C, on one thread: ``gemm(alpha:_:_:_:_:beta:into:)`` without transpositions.
///
/// - Throws: ``ShapeError`` as there.
public func gemm<S: Scalar>(
  alpha: S = 1, _ a: MatrixView<S>, _ b: MatrixView<S>, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  try gemm(alpha: alpha, a, .none, b, .none, beta: beta, into: c)
}

/// The product A·B as a new matrix of M×N, for A M×K and B K×N; on one thread.
///
/// - Throws: ``AlgebraError`` when the shapes do not fit or the memory cannot be had.
public func product<S: Scalar>(_ a: Matrix<S>, _ b: Matrix<S>) throws(AlgebraError) -> Matrix<S> {
  try product(a, .none, b, .none)
}

/// One product, cut along the longer side of C: each thread computes whole rows or whole columns of it.
private struct GEMMTask<S: Scalar>: TeamTask {
  let alpha: S
  let a: MatrixView<S>
  let transposeA: Transposition
  let b: MatrixView<S>
  let transposeB: Transposition
  let beta: S
  let c: MutableMatrixView<S>
  let m: Int
  let n: Int
  let k: Int

  init(
    alpha: S, _ a: MatrixView<S>, _ transposeA: Transposition, _ b: MatrixView<S>, _ transposeB: Transposition,
    beta: S, into c: MutableMatrixView<S>
  ) throws(ShapeError) {
    (m, k) = transposeA == .none ? (a.rows, a.columns) : (a.columns, a.rows)
    let inner: Int
    (inner, n) = transposeB == .none ? (b.rows, b.columns) : (b.columns, b.rows)
    guard inner == k, c.rows == m, c.columns == n else {
      throw ShapeError(
        "matrix product: op(A) is \(m)×\(k), op(B) is \(inner)×\(n) and C is \(c.rows)×\(c.columns); "
          + "they must be M×K, K×N and M×N")
    }
    try requireBLASLength(
      "matrix product", max(max(m, n, k), max(a.rowStride, b.rowStride, c.rowStride)))
    self.alpha = alpha
    self.a = a
    self.transposeA = transposeA
    self.b = b
    self.transposeB = transposeB
    self.beta = beta
    self.c = c
  }

  /// Below about 10 µs of work a second thread gains less than handing the work over costs.
  ///
  /// In floating point, because M·N·K may exceed an Int.
  var isWorthSharing: Bool { Double(m) * Double(n) * Double(k) >= 262_144 }

  func run(thread: Int, of threads: Int) {
    // 16 columns or rows are one AVX-512 register: no thread's share ends inside the tile of another.
    let byRows = m > n
    let share = workShare(of: byRows ? m : n, thread: thread, threads: threads, grain: 16)
    guard !share.isEmpty else { return }
    let rows = byRows ? share : 0..<m
    let columns = byRows ? 0..<n : share
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
