public import BatchAlgebra

/// (y − t)², averaged over the outputs: values.
public struct MeanSquaredError: Loss, Hashable {
  /// The loss.
  public init() {}

  public var name: String { "mean-squared-error" }
  public var description: String { "mean squared error" }
  public var readsClasses: Bool { false }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
    guard let values = pass.values else { preconditionFailure("mean squared error needs target values") }
    return LossSums(
      total: S.kernelSquaredError(
        pass.context.instructionSet, pass.outputs.rows, pass.outputs.columns, pass.outputs.baseAddress,
        pass.outputs.rowStride, values.baseAddress, values.rowStride, pass.scale, pass.gradient?.baseAddress,
        pass.gradient?.rowStride ?? 0))
  }
}

extension Loss where Self == MeanSquaredError {
  /// Values.
  public static var meanSquaredError: MeanSquaredError { MeanSquaredError() }
}
