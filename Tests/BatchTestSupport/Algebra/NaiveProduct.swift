public import BatchAlgebra

/// α·op(A)·op(B) + β·C in Double by three loops, row after row: the twin of `gemm`.
public func naiveProduct<S: Scalar>(
  alpha: Double = 1, _ a: MatrixView<S>, _ transposeA: Transposition = .none, _ b: MatrixView<S>,
  _ transposeB: Transposition = .none, beta: Double = 0, _ c: [S]
) -> [Double] {
  let (m, k) = transposeA == .none ? (a.rows, a.columns) : (a.columns, a.rows)
  let n = transposeB == .none ? b.columns : b.rows
  var result = [Double](repeating: 0, count: m * n)
  for i in 0..<m {
    for j in 0..<n {
      var sum = 0.0
      for l in 0..<k {
        let x = transposeA == .none ? a[i, l] : a[l, i]
        let y = transposeB == .none ? b[l, j] : b[j, l]
        sum += Double(x) * Double(y)
      }
      result[i * n + j] = alpha * sum + (beta == 0 ? 0 : beta * Double(c[i * n + j]))
    }
  }
  return result
}
