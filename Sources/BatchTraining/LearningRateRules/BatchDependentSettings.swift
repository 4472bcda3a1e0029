/// The settings of a training that a rule changes together with the batch size.
public struct BatchDependentSettings: Sendable, Hashable {
  /// What an optimizer with running moments of the gradient adds to the rate.
  public struct Moments: Sendable, Hashable {
    /// The decay β₁ of the first moment; 0 where there is none, as in RMSProp.
    public var beta1: Double
    /// The decay β₂ of the second moment.
    public var beta2: Double
    /// The number ε that keeps the quotient finite.
    public var epsilon: Double

    /// Moments with all of their settings.
    public init(beta1: Double, beta2: Double, epsilon: Double) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
    }
  }

  /// The base learning rate η.
  public var learningRate: Double
  /// The settings of the moments; nil for an optimizer without, as stochastic gradient descent.
  public var moments: Moments?
  /// The length of the warm-up; nil for none.
  public var warmUp: TrainingLength?

  /// Settings; without moments and without a warm-up unless told otherwise.
  public init(learningRate: Double, moments: Moments? = nil, warmUp: TrainingLength? = nil) {
    self.learningRate = learningRate
    self.moments = moments
    self.warmUp = warmUp
  }
}
