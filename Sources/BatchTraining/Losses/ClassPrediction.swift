public import BatchAlgebra

/// The classes that probabilities stand for.
public enum ClassPrediction {
  /// The class of each example from its probabilities, [examples, classes]: the largest, of equals the first; of a single
  /// probability whether it is at least one half.
  public static func labels<S: Scalar>(_ probabilities: Matrix<S>) -> [Int] {
    (0..<probabilities.rows).map { row in
      guard probabilities.columns > 1 else { return probabilities[row, 0] >= 0.5 ? 1 : 0 }
      return (1..<probabilities.columns).reduce(0) { probabilities[row, $1] > probabilities[row, $0] ? $1 : $0 }
    }
  }
}
