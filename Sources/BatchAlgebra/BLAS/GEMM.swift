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
/// old C is not read, so it may hold anything. With K = 0 the product is zero; a C with no rows or columns is left
/// alone.
///
/// - Throws: ``ShapeError`` with all three shapes when they do not fit, or with the length that BLAS cannot index.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: Scalar>(
  alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, times b: MatrixView<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  try Product(checking: alpha, a, transposeA, b, transposeB, beta, c).run(thread: 0, of: 1)
}

/// C ← α·op(A)·op(B) + β·C, cut among the threads of a team.
///
/// Shapes and β as on one thread. The same team size gives the same bits; another size may give others, because
/// OpenBLAS picks kernels by shape.
///
/// - Throws: ``ShapeError`` with all three shapes when they do not fit, or with the length that BLAS cannot index.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: Scalar>(
  team: ThreadTeam, alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, times b: MatrixView<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  let product = try Product(checking: alpha, a, transposeA, b, transposeB, beta, c)
  if product.isWorthSharing { team.run(product) } else { product.run(thread: 0, of: 1) }
}

/// C ← α·op(A)·op(B) + β·C for matrices that own their elements, on one thread.
///
/// Shapes, β and errors as for views.
public func gemm<S: Scalar>(
  alpha: S = 1, _ a: Matrix<S>, _ transposeA: Transposition = .none, times b: Matrix<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: inout Matrix<S>
) throws(ShapeError) {
  try c.withMutableView { c throws(ShapeError) in
    try a.withView { a throws(ShapeError) in
      try b.withView { b throws(ShapeError) in
        try gemm(alpha: alpha, a, transposeA, times: b, transposeB, beta: beta, into: c)
      }
    }
  }
}

/// The product op(A)·op(B) as a new matrix of M×N, for op(A) M×K and op(B) K×N; on one thread.
///
/// - Throws: ``AlgebraError`` when the shapes do not fit or the memory cannot be had.
public func product<S: Scalar>(
  _ a: Matrix<S>, _ transposeA: Transposition = .none, times b: Matrix<S>, _ transposeB: Transposition = .none
) throws(AlgebraError) -> Matrix<S> {
  var c = try allocating { () throws(AllocationError) in
    try Matrix<S>(
      rows: transposeA == .none ? a.rows : a.columns, columns: transposeB == .none ? b.columns : b.rows)
  }
  try fitting { () throws(ShapeError) in try gemm(a, transposeA, times: b, transposeB, into: &c) }
  return c
}
