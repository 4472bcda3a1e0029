/// Σ xᵢyᵢ.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func dot<S: Scalar>(_ x: UnsafeBufferPointer<S>, _ y: UnsafeBufferPointer<S>) throws(ShapeError) -> S {
  try requireEqualLengths("dot", x.count, y.count)
  guard let x = x.baseAddress, let yBase = y.baseAddress else { return 0 }
  return S.blasDot(y.count, x, yBase)
}

/// y ← αx + y.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func axpy<S: Scalar>(
  _ alpha: S, _ x: UnsafeBufferPointer<S>, into y: UnsafeMutableBufferPointer<S>
) throws(ShapeError) {
  try requireEqualLengths("axpy", x.count, y.count)
  guard let xBase = x.baseAddress, let y = y.baseAddress else { return }
  S.blasAXPY(x.count, alpha, xBase, y)
}

/// x ← αx.
public func scale<S: Scalar>(_ x: UnsafeMutableBufferPointer<S>, by alpha: S) {
  guard let base = x.baseAddress else { return }
  S.blasScale(x.count, alpha, base)
}

/// The Euclidean norm √(Σ xᵢ²); squares cannot overflow.
public func norm<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> S {
  guard let base = x.baseAddress else { return 0 }
  return S.blasNorm(x.count, base)
}

/// Σ |xᵢ|.
public func absoluteSum<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> S {
  guard let base = x.baseAddress else { return 0 }
  return S.blasAbsoluteSum(x.count, base)
}

/// The first index of the largest |xᵢ|; nil when there is none.
public func indexOfLargestMagnitude<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> Int? {
  guard let base = x.baseAddress, x.count > 0 else { return nil }
  return S.blasLargestIndex(x.count, base)
}

/// Σ xᵢ², with block sums added in double precision.
public func sumOfSquares<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> Double {
  guard let base = x.baseAddress else { return 0 }
  return S.kernelSumOfSquares(x.count, base)
}

/// Σ (xᵢ − yᵢ)², with block sums added in double precision.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func squaredDistance<S: Scalar>(
  _ x: UnsafeBufferPointer<S>, _ y: UnsafeBufferPointer<S>
) throws(ShapeError) -> Double {
  try requireEqualLengths("squaredDistance", x.count, y.count)
  guard let xBase = x.baseAddress, let yBase = y.baseAddress else { return 0 }
  return S.kernelSquaredDistance(x.count, xBase, yBase)
}

private func requireEqualLengths(_ operation: String, _ x: Int, _ y: Int) throws(ShapeError) {
  guard x == y else { throw ShapeError("\(operation): x has \(x) elements and y has \(y); they must be equal") }
}
