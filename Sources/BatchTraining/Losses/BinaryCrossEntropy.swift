public import BatchAlgebra
import Glibc

/// −t·log σ(z) − (1 − t)·log(1 − σ(z)), summed over the outputs: independent yes–no questions.
public struct BinaryCrossEntropy: Loss, Hashable {
  /// The loss.
  public init() {}

  public var name: String { "binary-cross-entropy" }
  public var description: String { "binary cross-entropy" }
  public var readsClasses: Bool { false }
  public var targetRange: ClosedRange<Double>? { 0...1 }
  public var smoothsLabels: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
    guard let values = pass.values else { preconditionFailure("binary cross-entropy needs target values") }
    return LossSums(
      total: S.kernelBinaryCrossEntropy(
        pass.context.instructionSet, pass.outputs.rows, pass.outputs.columns, pass.outputs.baseAddress,
        pass.outputs.rowStride, values.baseAddress, values.rowStride, pass.smoothing, pass.scale,
        pass.gradient?.baseAddress, pass.gradient?.rowStride ?? 0))
  }

  /// The logistic function: the probability of each yes.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func predict<S: Scalar>(
    _ outputs: MatrixView<S>, into predictions: MutableMatrixView<S>, _ context: ComputeContext
  ) {
    for i in 0..<outputs.rows {
      for j in 0..<outputs.columns { predictions[i, j] = 1 / (1 + S(exp(-Double(outputs[i, j])))) }
    }
  }

  /// The largest output, of equals the first; a single logit is positive for the second class.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func predictedClass<S: Scalar>(_ outputs: UnsafePointer<S>, count: Int) -> Int? {
    largestOutput(outputs, count: count, halfway: 0)
  }
}

extension Loss where Self == BinaryCrossEntropy {
  /// Independent yes–no questions.
  public static var binaryCrossEntropy: BinaryCrossEntropy { BinaryCrossEntropy() }
}
