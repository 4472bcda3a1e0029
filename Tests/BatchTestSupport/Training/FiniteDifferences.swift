/// The derivative of a function at each element of a point, by central differences.
///
/// (f(x + h) − f(x − h)) / 2h with h = 10⁻⁶: wrong by about 10⁻⁹ for smooth functions of size one in double precision.
public func finiteDifferences(at point: [Double], _ function: ([Double]) throws -> Double) rethrows -> [Double] {
  let step = 1e-6
  return try point.indices.map { i in
    var moved = point
    moved[i] = point[i] + step
    let above = try function(moved)
    moved[i] = point[i] - step
    return (above - (try function(moved))) / (2 * step)
  }
}

/// The largest difference between two arrays, relative to the largest magnitude in the second, or to 1 if that is less.
public func largestError(_ values: [Double], _ reference: [Double]) -> Double {
  guard values.count == reference.count else { return .infinity }
  let size = max(1, reference.map(abs).max() ?? 0)
  var worst = 0.0
  for (value, expected) in zip(values, reference) {
    // A NaN on either side is never close.
    guard (value - expected).isFinite else { return .infinity }
    worst = max(worst, abs(value - expected) / size)
  }
  return worst
}
