public import BatchAlgebra

/// α·op(A)·op(B) + β·C by the definition, summed in double precision: the twin that every fast product is held to.
public func naiveProduct<S: Scalar>(
  alpha: S, _ a: MatrixView<S>, _ transposeA: Transposition, _ b: MatrixView<S>, _ transposeB: Transposition, beta: S,
  _ c: MatrixView<S>
) -> [Double] {
  let k = transposeA == .none ? a.columns : a.rows
  return (0..<c.rows).flatMap { i in
    (0..<c.columns).map { j in
      let sum = (0..<k).reduce(0.0) { sum, p in
        let x = transposeA == .none ? a[i, p] : a[p, i]
        let y = transposeB == .none ? b[p, j] : b[j, p]
        return sum + Double(x) * Double(y)
      }
      // BLAS does not read C when β is 0, whatever it holds.
      return Double(alpha) * sum + (beta == 0 ? 0 : Double(beta) * Double(c[i, j]))
    }
  }
}
