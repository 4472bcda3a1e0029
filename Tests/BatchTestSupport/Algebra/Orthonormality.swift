public import BatchAlgebra

/// The largest |QᵀQ − 1| element, formed in Double: 0 for orthonormal columns.
public func departureFromOrthonormality<S: Scalar>(ofColumnsOf q: Matrix<S>) -> Double {
  var worst = 0.0
  for a in 0..<q.columns {
    for b in 0..<q.columns {
      var sum = a == b ? -1.0 : 0
      for i in 0..<q.rows { sum += Double(q[i, a]) * Double(q[i, b]) }
      worst = max(worst, sum.magnitude)
    }
  }
  return worst
}
