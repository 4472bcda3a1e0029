// Vectors of any length: BLAS's integers have 32 bits, so that longer vectors go through it in pieces.

/// Σ xᵢyᵢ.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func dot<S: Scalar>(_ x: UnsafeBufferPointer<S>, _ y: UnsafeBufferPointer<S>) throws(ShapeError) -> S {
  try requireEqualLengths("dot", x.count, y.count)
  guard let xBase = x.baseAddress, let yBase = y.baseAddress else { return 0 }
  var sum: S = 0
  forEachBLASLength(in: x.count) { piece in
    sum += S.blasDot(piece.count, xBase + piece.lowerBound, yBase + piece.lowerBound)
  }
  return sum
}

/// y ← αx + y.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func axpy<S: Scalar>(
  _ alpha: S, _ x: UnsafeBufferPointer<S>, into y: UnsafeMutableBufferPointer<S>
) throws(ShapeError) {
  try requireEqualLengths("axpy", x.count, y.count)
  guard let xBase = x.baseAddress, let yBase = y.baseAddress else { return }
  forEachBLASLength(in: x.count) { piece in
    S.blasAXPY(piece.count, alpha, xBase + piece.lowerBound, yBase + piece.lowerBound)
  }
}

/// x ← αx; with α = 0 every element may become 0, a NaN included.
public func scale<S: Scalar>(_ x: UnsafeMutableBufferPointer<S>, by alpha: S) {
  guard let base = x.baseAddress else { return }
  forEachBLASLength(in: x.count) { piece in S.blasScale(piece.count, alpha, base + piece.lowerBound) }
}

/// The Euclidean norm √(Σ xᵢ²); squares cannot overflow.
public func norm<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> S {
  guard let base = x.baseAddress else { return 0 }
  var total: S = 0
  forEachBLASLength(in: x.count) { piece in
    let part = S.blasNorm(piece.count, base + piece.lowerBound)
    // √(t² + p²) without forming a square that could overflow: the larger is taken out of the root.
    let large = max(total, part), small = min(total, part)
    total = small == 0 ? large : large * (1 + (small / large) * (small / large)).squareRoot()
  }
  return total
}

/// Σ |xᵢ|.
public func absoluteSum<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> S {
  guard let base = x.baseAddress else { return 0 }
  var sum: S = 0
  forEachBLASLength(in: x.count) { piece in sum += S.blasAbsoluteSum(piece.count, base + piece.lowerBound) }
  return sum
}

/// The first index of the largest |xᵢ|; nil when there is none, unspecified when an element is NaN.
public func indexOfLargestMagnitude<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> Int? {
  guard let base = x.baseAddress else { return nil }
  var largest: Int?
  forEachBLASLength(in: x.count) { piece in
    let index = piece.lowerBound + S.blasLargestIndex(piece.count, base + piece.lowerBound)
    guard let best = largest else {
      largest = index
      return
    }
    if x[index].magnitude > x[best].magnitude { largest = index }
  }
  return largest
}

/// Σ xᵢ², formed and added in double precision.
public func sumOfSquares<S: Scalar>(_ x: UnsafeBufferPointer<S>) -> Double {
  guard let base = x.baseAddress else { return 0 }
  return S.kernelSumOfSquares(.widest, x.count, base)
}

/// Σ (xᵢ − yᵢ)², formed and added in double precision.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func squaredDistance<S: Scalar>(
  _ x: UnsafeBufferPointer<S>, _ y: UnsafeBufferPointer<S>
) throws(ShapeError) -> Double {
  try requireEqualLengths("squaredDistance", x.count, y.count)
  guard let xBase = x.baseAddress, let yBase = y.baseAddress else { return 0 }
  return S.kernelSquaredDistance(.widest, x.count, xBase, yBase)
}

private func requireEqualLengths(_ operation: String, _ x: Int, _ y: Int) throws(ShapeError) {
  guard x == y else { throw ShapeError("\(operation): x has \(x) elements and y has \(y); they must be equal") }
}
