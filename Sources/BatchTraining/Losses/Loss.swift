import BatchAlgebra

/// What training makes small: the mean over a batch's examples of a loss per example.
public enum Loss: String, Sendable, Hashable, CaseIterable, Codable {
  /// −log softmax(z)[label]: one class out of several.
  case softmaxCrossEntropy = "softmax-cross-entropy"
  /// −t·log σ(z) − (1 − t)·log(1 − σ(z)), summed over the outputs: independent yes–no questions.
  case binaryCrossEntropy = "binary-cross-entropy"
  /// (y − t)², averaged over the outputs: values.
  case meanSquaredError = "mean-squared-error"
}

/// The loss of a batch, and how many examples it got right.
public struct LossResult: Sendable, Hashable {
  /// The sum of the examples' losses.
  public var total: Double
  /// The number of examples whose class is predicted right; nil for targets that are values.
  public var correct: Int?
  /// The number of examples.
  public var examples: Int

  /// Adds the examples of another part of the same batch or data set.
  mutating func add(_ part: LossResult) {
    total += part.total
    correct = part.correct.map { $0 + (correct ?? 0) }
    examples += part.examples
  }

  /// The mean loss of an example.
  public var mean: Double { total / Double(examples) }

  /// The share of examples predicted right, from 0 to 1; nil for targets that are values.
  public var accuracy: Double? { correct.map { Double($0) / Double(examples) } }
}

/// The targets of one batch.
struct BatchTargets<S: Scalar> {
  /// [batch]; the class of each example, nil for targets that are values.
  let labels: UnsafePointer<Int32>?
  /// [batch, outputs]; needed by all losses but softmax cross-entropy.
  let values: MatrixView<S>?
}

extension Loss {
  /// Whether targets are read as values: class numbers are then written as such.
  var needsValues: Bool { self != .softmaxCrossEntropy }

  /// Whether the targets are probabilities, so that label smoothing has a meaning.
  var canSmoothLabels: Bool { self != .meanSquaredError }

  /// The loss of some rows of a batch; where `gradient` is given it receives the loss's gradient times `scale`.
  ///
  /// Labels are smoothed by `smoothing`, as ``Regularisation/labelSmoothing`` says.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func evaluate<S: Scalar>(
    rows: Range<Int>, outputs: MatrixView<S>, targets: BatchTargets<S>, smoothing: Double = 0, scale: S,
    gradient: MutableMatrixView<S>?, instructionSet: InstructionSet
  ) -> (total: Double, correct: Int) {
    let block = outputs.block(rows: rows, columns: 0..<outputs.columns)
    let slope = gradient?.block(rows: rows, columns: 0..<outputs.columns)
    if self == .softmaxCrossEntropy {
      guard let labels = targets.labels else { preconditionFailure("softmax cross-entropy needs classes") }
      var correct = 0
      let total = S.kernelSoftmaxCrossEntropy(
        instructionSet, block.rows, block.columns, block.baseAddress, block.rowStride, labels + rows.lowerBound,
        smoothing, scale, slope?.baseAddress, slope?.rowStride ?? 0, &correct)
      return (total, correct)
    }
    guard let values = targets.values?.block(rows: rows, columns: 0..<outputs.columns) else {
      preconditionFailure("\(rawValue) needs target values")
    }
    let total =
      self == .binaryCrossEntropy
      ? S.kernelBinaryCrossEntropy(
        instructionSet, block.rows, block.columns, block.baseAddress, block.rowStride, values.baseAddress,
        values.rowStride, smoothing,
        scale, slope?.baseAddress, slope?.rowStride ?? 0)
      : S.kernelSquaredError(
        instructionSet, block.rows, block.columns, block.baseAddress, block.rowStride, values.baseAddress,
        values.rowStride, scale,
        slope?.baseAddress, slope?.rowStride ?? 0)
    let correct = targets.labels.map { countCorrect(block, labels: $0 + rows.lowerBound) } ?? 0
    return (total, correct)
  }

  /// The number of rows whose class is predicted right.
  private func countCorrect<S: Scalar>(_ outputs: MatrixView<S>, labels: UnsafePointer<Int32>) -> Int {
    (0..<outputs.rows).count { predictedClass(outputs.row($0), count: outputs.columns) == Int(labels[$0]) }
  }
}
