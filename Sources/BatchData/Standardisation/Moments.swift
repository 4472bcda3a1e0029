import BatchAlgebra

/// The extremes, mean and standard deviation of all numbers of a matrix.
struct Moments {
  var minimum = Float.infinity
  var maximum = -Float.infinity
  var mean = 0.0
  var deviation = 0.0

  /// Two passes in double precision, with a sum a row so that rounding stays small.
  init(of view: MatrixView<Float>) {
    let count = Double(view.rows * view.columns)
    guard count > 0 else { return }
    for row in 0..<view.rows {
      let values = view.row(row)
      var sum = 0.0
      for j in 0..<view.columns {
        sum += Double(values[j])
        minimum = min(minimum, values[j])
        maximum = max(maximum, values[j])
      }
      mean += sum / count
    }
    var variance = 0.0
    for row in 0..<view.rows {
      let values = view.row(row)
      var sum = 0.0
      for j in 0..<view.columns {
        let distance = Double(values[j]) - mean
        sum += distance * distance
      }
      variance += sum / count
    }
    // All numbers equal: what the passes left is rounding.
    deviation = minimum == maximum ? 0 : variance.squareRoot()
  }
}

/// The mean and standard deviation of each column of a matrix.
struct ColumnMoments {
  let means: [Double]
  let deviations: [Double]

  /// Two passes in double precision, row by row, as the numbers lie in memory.
  init(of view: MatrixView<Float>) {
    let columns = view.columns
    var means = [Double](repeating: 0, count: columns)
    var variances = [Double](repeating: 0, count: columns)
    let share = 1 / Double(max(view.rows, 1))
    means.withUnsafeMutableBufferPointer { means in
      variances.withUnsafeMutableBufferPointer { variances in
        for row in 0..<view.rows {
          let values = view.row(row)
          for j in 0..<columns { means[j] += Double(values[j]) }
        }
        // A constant column has exactly its constant as mean, so that its variance is exactly 0.
        for j in 0..<columns {
          let first = view[0, j]
          let isConstant = (0..<view.rows).allSatisfy { view[$0, j] == first }
          means[j] = isConstant ? Double(first) : means[j] * share
        }
        for row in 0..<view.rows {
          let values = view.row(row)
          for j in 0..<columns {
            let distance = Double(values[j]) - means[j]
            variances[j] += distance * distance
          }
        }
      }
    }
    self.means = means
    deviations = variances.map { ($0 * share).squareRoot() }
  }
}
