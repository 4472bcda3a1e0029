import COpenBLAS

/// C ← α·op(A)·op(A)ᵀ + β·C for a symmetric C, at half the operations of a product with its own transpose; on one
/// thread.
///
/// Shapes: op(A) N×K, C N×N; C must not overlap A. Of the old C only the upper triangle is read, and nothing with
/// β = 0; of the new one both triangles are written, equal to the bit.
///
/// - Throws: ``ShapeError`` with both shapes when they do not fit, or with the length that BLAS cannot index.
@specialized(where S == Float)
@specialized(where S == Double)
public func syrk<S: Scalar>(
  alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, beta: S = 0, into c: MutableMatrixView<S>
) throws(ShapeError) {
  let (n, k) = transposeA == .none ? (a.rows, a.columns) : (a.columns, a.rows)
  guard c.rows == n, c.columns == n else {
    throw ShapeError(
      "symmetric product: op(A) is \(n)×\(k) and C is \(c.rows)×\(c.columns); they must be N×K and N×N")
  }
  try requireBLASLength("symmetric product", max(n, k, a.rowStride, c.rowStride))
  guard n > 0 else { return }
  if k > 0 {
    S.blasSYRK(transposeA.blas, n, k, alpha, a.baseAddress, max(a.rowStride, 1), beta, c.baseAddress, c.rowStride)
  } else {
    for i in 0..<n {
      for j in i..<n { c[i, j] = beta == 0 ? 0 : beta * c[i, j] }
    }
  }
  for i in 0..<n {
    for j in 0..<i { c[i, j] = c[j, i] }
  }
}

/// C ← α·op(A)·op(A)ᵀ + β·C for matrices that own their elements, on one thread; shapes and errors as for views.
public func syrk<S: Scalar>(
  alpha: S = 1, _ a: Matrix<S>, _ transposeA: Transposition = .none, beta: S = 0, into c: inout Matrix<S>
) throws(ShapeError) {
  try c.withMutableView { c throws(ShapeError) in
    try a.withView { a throws(ShapeError) in try syrk(alpha: alpha, a, transposeA, beta: beta, into: c) }
  }
}
