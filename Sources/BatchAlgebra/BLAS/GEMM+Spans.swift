/// C ← α·op(A)·op(B) + β·C for spans that hold their matrices row after row, on one thread.
///
/// Shapes: op(A) m×k, op(B) k×n, C m×n. With β = 0 the old C is not read.
///
/// - Throws: ``ShapeError`` when a span does not hold as many elements as its matrix has, or with the length that BLAS
///   cannot index.
public func gemm<S: Scalar>(
  m: Int, n: Int, k: Int, alpha: S = 1, _ a: Span<S>, _ transposeA: Transposition = .none, times b: Span<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: inout MutableSpan<S>
) throws(ShapeError) {
  let (aRows, aColumns) = transposeA == .none ? (m, k) : (k, m)
  let (bRows, bColumns) = transposeB == .none ? (k, n) : (n, k)
  try requireElements("A", a.count, aRows, aColumns)
  try requireElements("B", b.count, bRows, bColumns)
  try requireElements("C", c.count, m, n)
  try c.withMutableMatrixView(rows: m, columns: n) { c throws(ShapeError) in
    try a.withMatrixView(rows: aRows, columns: aColumns) { a throws(ShapeError) in
      try b.withMatrixView(rows: bRows, columns: bColumns) { b throws(ShapeError) in
        try gemm(alpha: alpha, a, transposeA, times: b, transposeB, beta: beta, into: c)
      }
    }
  }
}

/// C ← α·op(A)·op(B) + β·C for arrays that hold their matrices row after row, on one thread.
///
/// Shapes, β and errors as for spans.
public func gemm<S: Scalar>(
  m: Int, n: Int, k: Int, alpha: S = 1, _ a: [S], _ transposeA: Transposition = .none, times b: [S],
  _ transposeB: Transposition = .none, beta: S = 0, into c: inout [S]
) throws(ShapeError) {
  var elements = c.mutableSpan
  try gemm(m: m, n: n, k: k, alpha: alpha, a.span, transposeA, times: b.span, transposeB, beta: beta, into: &elements)
}

private func requireElements(_ name: String, _ count: Int, _ rows: Int, _ columns: Int) throws(ShapeError) {
  let (wanted, overflow) = rows.multipliedReportingOverflow(by: columns)
  guard rows >= 0, columns >= 0, !overflow, count == wanted else {
    throw ShapeError("matrix product: \(count) elements do not fill \(name), which is \(rows)×\(columns)")
  }
}
