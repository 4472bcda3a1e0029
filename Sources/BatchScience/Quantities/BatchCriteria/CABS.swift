public import BatchAlgebra
public import BatchTraining

/// The batch that CABS would choose: B = ηS/L, the learning rate times the scatter of the gradients over the loss.
///
/// Balles, Romero & Hennig 2017, *Coupling adaptive batch sizes with learning rates* (arXiv 1612.05086), eq. 22, with 0
/// for the least loss that there is. Made for plain SGD; where the loss cannot come near 0 it is too small. Measured is
/// `cabs`, a ratio of means over the window.
public struct CABS: StepQuantity, WindowedRatio {
  var window = PairSeries()

  /// The criterion.
  public init() {}

  public var needs: StepNeeds { .exampleNorms }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let moments = result.totalMoments else { return }
    guard moments.examples > 1 else { return window.skipBatchOfOne() }
    window.append(result.learningRate * moments.scatter, over: result.loss.mean)
  }

  var measurementName: String { "cabs" }
  var intervalScale: RatioJackknife.Scale { .logarithm }
}
