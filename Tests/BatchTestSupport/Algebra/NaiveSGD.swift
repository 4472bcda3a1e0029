/// Stochastic gradient descent in Double, one weight at a time (in PyTorch's form).
public struct NaiveSGD {
  /// The weights.
  public var weights: [Double]
  /// The velocities, all 0 at the start.
  public var velocity: [Double]

  /// An optimizer at rest at `weights`.
  public init(weights: [Double]) {
    self.weights = weights
    velocity = weights.map { _ in 0 }
  }

  /// One step along `gradient`.
  public mutating func step(
    _ gradient: [Double], rate: Double, momentum: Double, weightDecay: Double, nesterov: Bool
  ) {
    for i in weights.indices {
      let g = gradient[i] + weightDecay * weights[i]
      velocity[i] = momentum * velocity[i] + g
      let direction = nesterov ? g + momentum * velocity[i] : velocity[i]
      weights[i] -= rate * direction
    }
  }
}
