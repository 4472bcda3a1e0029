public import BatchAlgebra
public import BatchFoundation
public import BatchTraining

/// A space of vectors in memory, some elements of which may be there only to pad.
public protocol VectorSpace<Element> {
  /// The numbers that vectors are made of.
  associatedtype Element: Scalar
  /// The dimension n of the space.
  var dimension: Int { get }
  /// The number of elements of a vector in memory, what pads it included: at least ``dimension``.
  var storedCount: Int { get }
  /// Fills a vector with draws from a stream; what pads it becomes 0.
  func fill(
    _ vector: UnsafeMutableBufferPointer<Element>, with entries: RandomEntries, from stream: inout RandomStream)
}

extension VectorSpace {
  /// Nothing pads a vector.
  public var storedCount: Int { dimension }

  /// Fills all of the vector.
  public func fill(
    _ vector: UnsafeMutableBufferPointer<Element>, with entries: RandomEntries, from stream: inout RandomStream
  ) {
    entries.fill(vector, from: &stream)
  }
}

/// A symmetric matrix that is known by its products with vectors, as the Hessian of a network's loss is.
///
/// What pads a vector counts as no element: its products are 0 there.
public protocol SymmetricOperator<Element>: VectorSpace {
  /// Writes A·v.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` where there is no such product.
  func apply(
    _ vector: UnsafeBufferPointer<Element>, into product: UnsafeMutableBufferPointer<Element>) throws(CurvatureError)
}

/// A function of a vector with its gradient, as the loss of a network is of the parameters.
public protocol DifferentiableFunction<Element>: VectorSpace {
  /// The value at a point; no number where that is what comes out.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` where there is no such value.
  func value(at point: UnsafeBufferPointer<Element>) throws(CurvatureError) -> Double

  /// Writes the gradient at a point and returns the value.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` where there is no such gradient.
  func gradient(
    at point: UnsafeBufferPointer<Element>, into gradient: UnsafeMutableBufferPointer<Element>
  ) throws(CurvatureError) -> Double
}

extension VectorSpace {
  /// A new vector of zeros.
  func zeroVector() throws(CurvatureError) -> AlignedBuffer<Element> { try allocated(storedCount) }

  /// Refuses a vector that is not of this space.
  func requireLength(_ what: String, _ vector: UnsafeBufferPointer<Element>) throws(CurvatureError) {
    guard vector.count == storedCount else {
      throw .length(what: what, found: vector.count, expected: storedCount)
    }
  }
}

extension SymmetricOperator {
  /// Writes A·v and refuses one that is no vector of numbers.
  func product(
    of vector: UnsafeBufferPointer<Element>, into product: UnsafeMutableBufferPointer<Element>
  ) throws(CurvatureError) {
    try apply(vector, into: product)
    guard sumOfSquares(UnsafeBufferPointer(product)).isFinite else {
      throw .notFinite(what: "the product of the matrix with a vector")
    }
  }
}

extension AlignedBuffer where Element: Scalar {
  /// The elements, to be read, for as long as the buffer lives.
  var readOnly: UnsafeBufferPointer<Element> { UnsafeBufferPointer(elements) }
}

/// Memory for so many elements, all 0.
func allocated<Element: BitwiseCopyable>(_ count: Int) throws(CurvatureError) -> AlignedBuffer<Element> {
  do throws(AllocationError) {
    return try AlignedBuffer(count: count)
  } catch {
    throw .model(.allocation(error))
  }
}

/// Runs an operation of linear algebra, and reports its failure as a ``/BatchTraining/CurvatureError``.
func algebra<R>(_ body: () throws(AlgebraError) -> R) throws(CurvatureError) -> R {
  do throws(AlgebraError) {
    return try body()
  } catch {
    throw .algebra(error)
  }
}

/// Runs an operation on vectors and matrices, and reports shapes that do not fit as a
/// ``/BatchTraining/CurvatureError``.
func shaped<R>(_ body: () throws(ShapeError) -> R) throws(CurvatureError) -> R {
  do throws(ShapeError) {
    return try body()
  } catch {
    throw .algebra(.shape(error))
  }
}
