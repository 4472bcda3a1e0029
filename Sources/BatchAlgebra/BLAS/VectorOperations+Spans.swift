// The vector operations on spans, and on arrays, which lend themselves as spans.

/// Σ xᵢyᵢ.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func dot<S: Scalar>(_ x: Span<S>, _ y: Span<S>) throws(ShapeError) -> S {
  try x.withUnsafeBufferPointer { x throws(ShapeError) in
    try y.withUnsafeBufferPointer { y throws(ShapeError) in try dot(x, y) }
  }
}

/// Σ xᵢyᵢ.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func dot<S: Scalar>(_ x: [S], _ y: [S]) throws(ShapeError) -> S { try dot(x.span, y.span) }

/// y ← αx + y.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func axpy<S: Scalar>(_ alpha: S, _ x: Span<S>, into y: inout MutableSpan<S>) throws(ShapeError) {
  try y.withUnsafeMutableBufferPointer { y throws(ShapeError) in
    try x.withUnsafeBufferPointer { x throws(ShapeError) in try axpy(alpha, x, into: y) }
  }
}

/// y ← αx + y.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func axpy<S: Scalar>(_ alpha: S, _ x: [S], into y: inout [S]) throws(ShapeError) {
  var elements = y.mutableSpan
  try axpy(alpha, x.span, into: &elements)
}

/// x ← αx; with α = 0 every element may become 0, a NaN included.
public func scale<S: Scalar>(_ x: inout MutableSpan<S>, by alpha: S) {
  x.withUnsafeMutableBufferPointer { scale($0, by: alpha) }
}

/// x ← αx; with α = 0 every element may become 0, a NaN included.
public func scale<S: Scalar>(_ x: inout [S], by alpha: S) {
  var elements = x.mutableSpan
  scale(&elements, by: alpha)
}

/// The Euclidean norm √(Σ xᵢ²); squares cannot overflow.
public func norm<S: Scalar>(_ x: Span<S>) -> S { x.withUnsafeBufferPointer { norm($0) } }

/// The Euclidean norm √(Σ xᵢ²); squares cannot overflow.
public func norm<S: Scalar>(_ x: [S]) -> S { norm(x.span) }

/// Σ |xᵢ|.
public func absoluteSum<S: Scalar>(_ x: Span<S>) -> S { x.withUnsafeBufferPointer { absoluteSum($0) } }

/// Σ |xᵢ|.
public func absoluteSum<S: Scalar>(_ x: [S]) -> S { absoluteSum(x.span) }

/// The first index of the largest |xᵢ|; nil when there is none, unspecified when an element is NaN.
public func indexOfLargestMagnitude<S: Scalar>(_ x: Span<S>) -> Int? {
  x.withUnsafeBufferPointer { indexOfLargestMagnitude($0) }
}

/// The first index of the largest |xᵢ|; nil when there is none, unspecified when an element is NaN.
public func indexOfLargestMagnitude<S: Scalar>(_ x: [S]) -> Int? { indexOfLargestMagnitude(x.span) }

/// Σ xᵢ², formed and added in double precision.
public func sumOfSquares<S: Scalar>(_ x: Span<S>) -> Double { x.withUnsafeBufferPointer { sumOfSquares($0) } }

/// Σ xᵢ², formed and added in double precision.
public func sumOfSquares<S: Scalar>(_ x: [S]) -> Double { sumOfSquares(x.span) }

/// Σ (xᵢ − yᵢ)², formed and added in double precision.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func squaredDistance<S: Scalar>(_ x: Span<S>, _ y: Span<S>) throws(ShapeError) -> Double {
  try x.withUnsafeBufferPointer { x throws(ShapeError) in
    try y.withUnsafeBufferPointer { y throws(ShapeError) in try squaredDistance(x, y) }
  }
}

/// Σ (xᵢ − yᵢ)², formed and added in double precision.
///
/// - Throws: ``ShapeError`` when the lengths differ.
public func squaredDistance<S: Scalar>(_ x: [S], _ y: [S]) throws(ShapeError) -> Double {
  try squaredDistance(x.span, y.span)
}
