import BatchAlgebra

/// The average of several networks' predictions, which forgives the errors in which they differ.
enum SeedEnsemble {
  /// The measure of the averaged predictions on the test part; nil for fewer than two predictions.
  ///
  /// Targets are [examples, 1] class numbers for accuracy and [examples, outputs] values for loss.
  static func score(_ predictions: [Matrix<Float>], targets: Matrix<Float>, measure: RunMeasure) -> Double? {
    guard predictions.count >= 2, targets.rows > 0 else { return nil }
    var total = 0.0
    for example in 0..<targets.rows {
      let means = (0..<predictions[0].columns).map { output in
        predictions.reduce(0.0) { $0 + Double($1[example, output]) } / Double(predictions.count)
      }
      total += measure == .accuracy ? isRight(means, targets[example, 0]) : squaredError(means, targets, example)
    }
    return total / Double(targets.rows)
  }

  private static func isRight(_ probabilities: [Double], _ label: Float) -> Double {
    // As for a single network: what is no number is of no class.
    if probabilities.contains(where: \.isNaN) { return 0 }
    var predicted = 0
    if probabilities.count == 1 {
      predicted = probabilities[0] > 0.5 ? 1 : 0
    } else {
      for j in probabilities.indices where probabilities[j] > probabilities[predicted] { predicted = j }
    }
    return predicted == Int(label) ? 1 : 0
  }

  private static func squaredError(_ values: [Double], _ targets: Matrix<Float>, _ example: Int) -> Double {
    var sum = 0.0
    for (j, value) in values.enumerated() {
      sum += (value - Double(targets[example, j])) * (value - Double(targets[example, j]))
    }
    return sum / Double(values.count)
  }
}
