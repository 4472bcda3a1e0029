public import BatchAlgebra

/// −log softmax(z)[label]: one class out of several.
public struct SoftmaxCrossEntropy: Loss, Hashable {
  /// The loss.
  public init() {}

  public var name: String { "softmax-cross-entropy" }
  public var description: String { "softmax cross-entropy" }
  public var readsClasses: Bool { true }
  public var smoothsLabels: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
    guard let labels = pass.labels else { preconditionFailure("softmax cross-entropy needs classes") }
    var correct = 0
    let total = S.kernelSoftmaxCrossEntropy(
      pass.context.instructionSet, pass.outputs.rows, pass.outputs.columns, pass.outputs.baseAddress,
      pass.outputs.rowStride, labels, pass.smoothing, pass.scale, pass.gradient?.baseAddress,
      pass.gradient?.rowStride ?? 0, &correct)
    return LossSums(total: total, correct: correct)
  }

  /// Softmax: the probability of each class.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func predict<S: Scalar>(
    _ outputs: MatrixView<S>, into predictions: MutableMatrixView<S>, _ context: ComputeContext
  ) {
    S.kernelSoftmax(
      context.instructionSet, outputs.rows, outputs.columns, outputs.baseAddress, outputs.rowStride,
      predictions.baseAddress, predictions.rowStride)
  }

  /// The largest output, of equals the first; an infinite one stands for no class.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func predictedClass<S: Scalar>(_ outputs: UnsafePointer<S>, count: Int) -> Int? {
    // A single output is of the one class there is: nothing lies above infinity.
    largestOutput(outputs, count: count, halfway: .infinity).flatMap { outputs[$0].isFinite ? $0 : nil }
  }
}

extension Loss where Self == SoftmaxCrossEntropy {
  /// One class out of several.
  public static var softmaxCrossEntropy: SoftmaxCrossEntropy { SoftmaxCrossEntropy() }
}
