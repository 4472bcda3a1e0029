public import BatchAlgebra
public import BatchTraining

/// How far a step goes on the parabola that the slopes at its two ends make of the loss: −1 stays, 0 steps to the
/// lowest point, 1 to the other side, at the same height.
///
/// Cockpit's α (Schneider, Dangel & Hennig 2021, *Cockpit: a practical debugging tool for the training of deep neural
/// networks*, arXiv 2102.06604, §2.1), from slopes alone: with the step s = θₜ₊₁ − θₜ and the gradients of the two
/// updates' own batches the parabola's lowest point is at the share ḡₜ·s/(ḡₜ·s − ḡₜ₊₁·s) of the step, so that α =
/// −(ḡₜ₊₁·s)/(ḡₜ·s); the losses of two different batches, which Cockpit fits as well, add more noise than they tell.
/// The first slope is of the batch that made the step, and by S/B too steep with SGD: very small steps give −|G|²/(|G|²
/// + S/B) and not −1.
///
/// Needs the gradient written out in two updates in a row, copies of gradient and parameters, and four passes over
/// them. Measured is `alpha`, a ratio of means over the window.
public final class Alpha: SpanningQuantity, WindowedRatio {
  var window = PairSeries()
  private let lastGradient = VectorCopy()
  private let lastParameters = VectorCopy()
  private var lastUpdate: Int?

  /// The quantity.
  public init() {}

  public var needs: StepNeeds { .gradient }

  public private(set) var awaitsNext = false

  public func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let gradient = result.gradient else { return }
    let parameters = result.network.parameterVector
    awaitsNext = true
    if lastUpdate == result.update - 1, let before = lastGradient.elements(of: S.self),
      let step = lastParameters.elements(of: S.self)
    {
      // The copy of the parameters becomes the step: θₜ₊₁ − θₜ.
      scale(step, by: -1)
      try? axpy(1, parameters, into: step)
      if let first = try? dot(UnsafeBufferPointer(before), UnsafeBufferPointer(step)),
        let second = try? dot(gradient, UnsafeBufferPointer(step))
      {
        window.append(-Double(second), over: Double(first))
      }
      awaitsNext = false
    }
    lastUpdate = lastGradient.copy(gradient) && lastParameters.copy(parameters) ? result.update : nil
  }

  var measurementName: String { "alpha" }
  var intervalScale: RatioJackknife.Scale { .plain }
}
