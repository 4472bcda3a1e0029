public import BatchAlgebra
public import BatchTraining

/// The evidence-based criterion for early stopping: above 0 the gradients are no larger than their noise explains.
///
/// 1 − (B/D)·Σⱼ ḡⱼ²/varⱼ over the D parameters that have a variance, with varⱼ the unbiased one of a batch (Mahsereci,
/// Balles, Lassner & Hennig 2017, *Early stopping without a validation set*, arXiv 1703.09580, eq. 7). Made for plain
/// SGD. Costs the gradient written out, the mean squares of its elements and a pass over the parameters. Measured is
/// `early_stopping`, the mean over the window.
public struct EvidenceStopping: StepQuantity, WindowedRatio {
  var window = PairSeries()

  /// The criterion.
  public init() {}

  public var needs: StepNeeds { [.gradient, .elementSquares] }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let gradient = result.gradient, let squares = result.elementSquares else { return }
    guard result.loss.examples > 1 else { return window.skipBatchOfOne() }
    let signal = ElementSignal(gradient, squares, added: 0)
    // B·ḡ²/var with var = B/(B − 1) times the mean square less ḡ².
    guard signal.count > 0 else { return window.append(0, over: 0) }
    window.append(1 - Double(result.loss.examples - 1) * signal.sum / signal.count, over: 1)
  }

  var measurementName: String { "early_stopping" }
  var intervalScale: RatioJackknife.Scale { .plain }
  func remark(on value: Double) -> String? {
    value > 0 ? "above 0: the gradients are no larger than their noise explains" : nil
  }
}
