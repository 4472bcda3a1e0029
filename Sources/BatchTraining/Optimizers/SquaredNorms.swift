/// What a rule with norms measures of a parameter.
public struct SquaredNorms: Sendable, Hashable, BitwiseCopyable {
  /// Σ w² over the weights.
  public var weights: Double
  /// Σ u² over the steps u that the rule would take at rate 1, or over the gradient; the rule says which.
  public var steps: Double

  /// The sums.
  public init(weights: Double = 0, steps: Double = 0) {
    self.weights = weights
    self.steps = steps
  }

  /// The sums over the elements of both.
  public static func += (sum: inout SquaredNorms, part: SquaredNorms) {
    sum.weights += part.weights
    sum.steps += part.steps
  }
}
