import COpenBLAS

/// y ← α·op(A)·x + β·y, on one thread.
///
/// Shapes: op(A) M×N, x N elements, y M elements; y must not overlap A or x. With β = 0 the old y is not read. With
/// N = 0 the product is zero.
///
/// - Throws: ``ShapeError`` with the shapes when they do not fit, or with the length that BLAS cannot index.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemv<S: Scalar>(
  alpha: S = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, times x: UnsafeBufferPointer<S>, beta: S = 0,
  into y: UnsafeMutableBufferPointer<S>
) throws(ShapeError) {
  let (m, n) = transposeA == .none ? (a.rows, a.columns) : (a.columns, a.rows)
  guard x.count == n, y.count == m else {
    throw ShapeError(
      "matrix-vector product: op(A) is \(m)×\(n), x has \(x.count) elements and y has \(y.count); they must be M×N, N "
        + "and M")
  }
  try requireBLASLength("matrix-vector product", max(m, n, a.rowStride))
  guard let yBase = y.baseAddress, m > 0 else { return }
  guard let xBase = x.baseAddress, n > 0 else {
    for i in 0..<m { yBase[i] = beta == 0 ? 0 : beta * yBase[i] }
    return
  }
  S.blasGEMV(transposeA.blas, a.rows, a.columns, alpha, a.baseAddress, max(a.rowStride, 1), xBase, beta, yBase)
}

/// y ← α·op(A)·x + β·y for spans, on one thread; shapes and errors as for views.
public func gemv<S: Scalar>(
  alpha: S = 1, _ a: Matrix<S>, _ transposeA: Transposition = .none, times x: Span<S>, beta: S = 0,
  into y: inout MutableSpan<S>
) throws(ShapeError) {
  try y.withUnsafeMutableBufferPointer { y throws(ShapeError) in
    try x.withUnsafeBufferPointer { x throws(ShapeError) in
      try a.withView { a throws(ShapeError) in
        try gemv(alpha: alpha, a, transposeA, times: x, beta: beta, into: y)
      }
    }
  }
}

/// y ← α·op(A)·x + β·y for arrays, on one thread; shapes and errors as for views.
public func gemv<S: Scalar>(
  alpha: S = 1, _ a: Matrix<S>, _ transposeA: Transposition = .none, times x: [S], beta: S = 0, into y: inout [S]
) throws(ShapeError) {
  var elements = y.mutableSpan
  try gemv(alpha: alpha, a, transposeA, times: x.span, beta: beta, into: &elements)
}

/// The product op(A)·x as a new vector of M elements, for op(A) M×N and x of N; on one thread.
///
/// - Throws: ``ShapeError`` when the shapes do not fit.
public func product<S: Scalar>(
  _ a: Matrix<S>, _ transposeA: Transposition = .none, times x: [S]
) throws(ShapeError) -> [S] {
  var y = [S](repeating: 0, count: transposeA == .none ? a.rows : a.columns)
  try gemv(a, transposeA, times: x, into: &y)
  return y
}
