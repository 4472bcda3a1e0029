import BatchAlgebra
import BatchTestSupport

/// A matrix of numbers evenly spread over −1 … 1.
func randomMatrix<S: Scalar>(_ rows: Int, _ columns: Int, seed: UInt64 = 1) throws -> Matrix<S> {
  var numbers = TestNumbers(seed: seed)
  return try Matrix(rows: rows, columns: columns, numbers.uniform(count: rows * columns, as: S.self))
}

/// A·B in Double by three loops, row after row.
func naiveProduct<S: Scalar>(_ a: Matrix<S>, _ b: Matrix<S>) -> [Double] {
  a.withView { a in b.withView { b in naiveProduct(a, .none, b, .none, []) } }
}

/// A with column j multiplied by factors[j].
func scalingColumns<S: Scalar>(of a: Matrix<S>, by factors: [S]) -> Matrix<S> {
  var result = a
  for i in 0..<a.rows {
    for j in 0..<a.columns { result[i, j] *= factors[j] }
  }
  return result
}
