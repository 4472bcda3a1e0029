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
/// Shapes: op(A) M×K, op(B) K×N, C M×N, all row-major with any row stride. A C with no rows or columns is left alone.
///
/// - Throws: ``ShapeError`` with all three shapes when they do not fit.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: Scalar>(
  alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, _ b: MatrixView<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  try GEMMTask(alpha: alpha, a, transposeA, b, transposeB, beta: beta, into: c).run(thread: 0, of: 1)
}

/// C ← α·op(A)·op(B) + β·C, cut among the threads of a team.
///
/// Shapes: op(A) M×K, op(B) K×N, C M×N, all row-major with any row stride. The same team size gives the same bits.
///
/// - Throws: ``ShapeError`` with all three shapes when they do not fit.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: Scalar>(
  team: ThreadTeam, alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, _ b: MatrixView<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  let task = try GEMMTask(alpha: alpha, a, transposeA, b, transposeB, beta: beta, into: c)
  if task.isWorthSharing { team.run(task) } else { task.run(thread: 0, of: 1) }
}

/// The product op(A)·op(B) as a new matrix.
///
/// - Throws: ``AlgebraError`` when the shapes do not fit or the memory cannot be had.
public func product<S: Scalar>(
  _ a: Matrix<S>, _ transposeA: Transposition = .none, _ b: Matrix<S>, _ transposeB: Transposition = .none
) throws(AlgebraError) -> Matrix<S> {
  do {
    var c = try Matrix<S>(
      rows: transposeA == .none ? a.rows : a.columns, columns: transposeB == .none ? b.columns : b.rows)
    try c.withMutableView { view throws(ShapeError) in try gemm(a.view, transposeA, b.view, transposeB, into: view) }
    return c
  } catch let error as ShapeError {
    throw .shape(error)
  } catch let error as AllocationError {
    throw .allocation(error)
  } catch {
    fatalError("unexpected error: \(error)")
  }
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
    self.alpha = alpha
    self.a = a
    self.transposeA = transposeA
    self.b = b
    self.transposeB = transposeB
    self.beta = beta
    self.c = c
  }

  /// Below about 10 µs of work a second thread gains less than handing the work over costs.
  var isWorthSharing: Bool { m * n * k >= 262_144 }

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
