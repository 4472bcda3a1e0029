public import BatchAlgebra

/// What a network makes of examples: a row of numbers for each, and the class that it takes the example for.
public struct LabelledPredictions<S: Scalar>: Sendable {
  /// Probabilities of the classes, [examples, outputs], or of the second of two, [examples, 1]; for mean squared error
  /// the outputs themselves.
  public let predictions: Matrix<S>
  /// The class of each example, as the loss counts it right or wrong: that of the largest output, of equals the first,
  /// or for a single output the second class where it is above one half.
  ///
  /// Nil where a NaN leaves nothing to choose from. Of targets that are values they mean nothing.
  public let classes: [Int?]

  /// Predictions and classes of as many examples.
  public init(predictions: Matrix<S>, classes: [Int?]) {
    precondition(predictions.rows == classes.count, "\(classes.count) classes of \(predictions.rows) examples")
    self.predictions = predictions
    self.classes = classes
  }
}
