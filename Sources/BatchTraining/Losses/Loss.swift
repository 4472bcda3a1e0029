public import BatchAlgebra

/// What training makes small: the mean over a batch's examples of a loss per example.
///
/// A loss is a value; what is written about a run names it by ``name``. The package's own are
/// ``SoftmaxCrossEntropy``, ``BinaryCrossEntropy`` and ``MeanSquaredError``, written `.softmaxCrossEntropy` and so on.
public protocol Loss: Sendable, CustomStringConvertible {
  /// The name in files and messages: `mean-squared-error`. Two losses of one name are the same.
  var name: String { get }
  /// Whether targets are read as class numbers, and not as values; classes are otherwise written as rows of zeros and a
  /// one, or as 0 and 1 for a single output.
  var readsClasses: Bool { get }
  /// The range that target values must lie in; nil for any number.
  var targetRange: ClosedRange<Double>? { get }
  /// Whether targets are probabilities, so that label smoothing has a meaning.
  var smoothsLabels: Bool { get }

  /// The summed loss of some rows of a batch; writes the gradient where it is asked for.
  func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums

  /// Turns outputs [examples, outputs] into predictions of the same shape, such as probabilities.
  func predict<S: Scalar>(_ outputs: MatrixView<S>, into predictions: MutableMatrixView<S>, _ context: ComputeContext)

  /// The class that one example's outputs stand for; nil where they stand for none, as with a NaN among them.
  ///
  /// It is the outputs that decide, and not the probabilities: of two large logits both round to a probability of 1.
  func predictedClass<S: Scalar>(_ outputs: UnsafePointer<S>, count: Int) -> Int?
}

extension Loss {
  /// The name.
  public var description: String { name }

  /// Any number is a target.
  public var targetRange: ClosedRange<Double>? { nil }

  /// False: label smoothing is refused.
  public var smoothsLabels: Bool { false }

  /// The outputs as they are.
  public func predict<S: Scalar>(
    _ outputs: MatrixView<S>, into predictions: MutableMatrixView<S>, _ context: ComputeContext
  ) {
    for i in 0..<outputs.rows { predictions.row(i).update(from: outputs.row(i), count: outputs.columns) }
  }

  /// The largest output, of equals the first; a single output of two classes stands for the second above one half.
  public func predictedClass<S: Scalar>(_ outputs: UnsafePointer<S>, count: Int) -> Int? {
    largestOutput(outputs, count: count, halfway: 0.5)
  }
}

/// The index of the largest output, of equals the first; of a single output 1 above `halfway` and else 0.
///
/// Nil for a NaN among them.
@specialized(where S == Float)
@specialized(where S == Double)
func largestOutput<S: Scalar>(_ outputs: UnsafePointer<S>, count: Int, halfway: S) -> Int? {
  if count == 1 { return outputs[0].isNaN ? nil : outputs[0] > halfway ? 1 : 0 }
  var largest = 0
  for j in 0..<count {
    if outputs[j].isNaN { return nil }
    if outputs[j] > outputs[largest] { largest = j }
  }
  return largest
}

/// Some rows of a batch whose loss is asked for.
public struct LossPass<S: Scalar> {
  /// [rows, outputs]; what the network gives.
  public let outputs: MatrixView<S>
  /// [rows]; the class of each, nil for targets that are values.
  public let labels: UnsafePointer<Int32>?
  /// [rows, outputs]; the targets as values, nil for a loss that reads classes.
  public let values: MatrixView<S>?
  /// The share of a label that is spread over all classes; see ``Regularisation/labelSmoothing``.
  public let smoothing: Double
  /// What the gradient is multiplied by: 1 over the number of examples whose mean loss it is of.
  public let scale: S
  /// [rows, outputs]; where the gradient of the summed loss times ``scale`` goes; nil where nobody asks.
  public let gradient: MutableMatrixView<S>?
  /// What the bits of a result depend on beside its operands.
  public let context: ComputeContext

  /// A pass with all of its parts.
  public init(
    outputs: MatrixView<S>, labels: UnsafePointer<Int32>?, values: MatrixView<S>?, smoothing: Double = 0, scale: S = 1,
    gradient: MutableMatrixView<S>? = nil, context: ComputeContext
  ) {
    self.outputs = outputs
    self.labels = labels
    self.values = values
    self.smoothing = smoothing
    self.scale = scale
    self.gradient = gradient
    self.context = context
  }
}

/// What a loss finds in some rows.
public struct LossSums: Sendable, Hashable {
  /// The sum of the examples' losses.
  public var total: Double
  /// The number of examples whose class is predicted right; nil leaves the counting to
  /// ``Loss/predictedClass(_:count:)``.
  public var correct: Int?

  /// Sums.
  public init(total: Double, correct: Int? = nil) {
    self.total = total
    self.correct = correct
  }
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

extension LossPass {
  /// The rows with their class predicted right; 0 for targets that are values.
  func countCorrect(_ loss: any Loss) -> Int {
    guard let labels else { return 0 }
    return (0..<outputs.rows).count { loss.predictedClass(outputs.row($0), count: outputs.columns) == Int(labels[$0]) }
  }
}
