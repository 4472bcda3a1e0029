public import BatchAlgebra
public import BatchFoundation
public import BatchTraining

/// The Hessian of a network's mean loss at a point, as an operator on vectors laid out like the parameters.
///
/// A product costs about as much as two gradients over the same examples.
public struct HessianOperator<Element: Scalar>: SymmetricOperator {
  /// The loss.
  public let loss: DatasetLoss<Element>
  /// Where the Hessian is taken.
  public let point: AlignedBuffer<Element>

  /// The Hessian at a point, or at the parameters that the network had.
  public init(_ loss: DatasetLoss<Element>, at point: AlignedBuffer<Element>? = nil) {
    self.loss = loss
    self.point = point ?? loss.parameters
  }

  public var dimension: Int { loss.dimension }
  public var storedCount: Int { loss.storedCount }

  public func fill(
    _ vector: UnsafeMutableBufferPointer<Element>, with entries: RandomEntries, from stream: inout RandomStream
  ) {
    loss.fill(vector, with: entries, from: &stream)
  }

  public func apply(
    _ vector: UnsafeBufferPointer<Element>, into product: UnsafeMutableBufferPointer<Element>
  ) throws(CurvatureError) {
    try loss.hessianProduct(at: point.readOnly, along: vector, into: product)
  }
}

/// The Gauss–Newton matrix of a network's mean loss at a point, as an operator on vectors laid out like the parameters.
///
/// For the cross-entropies it is the Fisher information of the examples' inputs (Martens 2020, *New insights and
/// perspectives on the natural gradient method*, §9). A product costs about as much as one and a half gradients.
public struct GaussNewtonOperator<Element: Scalar>: SymmetricOperator {
  /// The loss.
  public let loss: DatasetLoss<Element>
  /// Where the matrix is taken.
  public let point: AlignedBuffer<Element>

  /// The matrix at a point, or at the parameters that the network had.
  public init(_ loss: DatasetLoss<Element>, at point: AlignedBuffer<Element>? = nil) {
    self.loss = loss
    self.point = point ?? loss.parameters
  }

  public var dimension: Int { loss.dimension }
  public var storedCount: Int { loss.storedCount }

  public func fill(
    _ vector: UnsafeMutableBufferPointer<Element>, with entries: RandomEntries, from stream: inout RandomStream
  ) {
    loss.fill(vector, with: entries, from: &stream)
  }

  public func apply(
    _ vector: UnsafeBufferPointer<Element>, into product: UnsafeMutableBufferPointer<Element>
  ) throws(CurvatureError) {
    try loss.gaussNewtonProduct(at: point.readOnly, along: vector, into: product)
  }
}

extension DatasetLoss: DifferentiableFunction {
  /// The number of parameters, without what pads them.
  public var dimension: Int { network.parameterCount }

  /// The length of the parameter vector.
  public var storedCount: Int { parameters.count }

  /// Fills a vector in the order of the parameters, the same for every layout.
  public func fill(
    _ vector: UnsafeMutableBufferPointer<S>, with entries: RandomEntries, from stream: inout RandomStream
  ) {
    network.fill(vector, with: entries, from: &stream)
  }
}
