import BatchFoundation

/// Whether step times that a ``StepTimeModel`` has not seen are where it predicts them.
///
/// A straight line drawn through all measurements looks good whatever it leaves out. Here some batch sizes are held
/// back, the model is fitted to the others, and its predictions are compared with what was measured.
public struct LinearityTest: Codable, Sendable, Hashable {
  /// A batch size that was held back.
  public struct Prediction: Codable, Sendable, Hashable {
    /// The batch size.
    public var batch: Int
    /// The seconds of a step that the model predicts; the interval holds the noise of what was fitted, and what that
    /// deviates from the line.
    public var predicted: BootstrapEstimate
    /// The measured median seconds.
    public var measured: BootstrapEstimate

    /// The predicted over the measured seconds, less 1.
    public var relativeError: Double { predicted.value / measured.value - 1 }

    /// Whether the intervals of the prediction and of the measured median overlap.
    public var intervalsOverlap: Bool {
      // Without noise both have no width, and differ by rounding.
      let (low, high) = (predicted.interval.lowerBound, predicted.interval.upperBound * (1 + 1e-9))
      return measured.interval.upperBound * (1 + 1e-9) >= low && measured.interval.lowerBound <= high
    }
  }

  /// What the errors of the predictions say about the model.
  public enum Verdict: String, Codable, Sendable, Hashable, CustomStringConvertible {
    /// Both errors are within their limits.
    case holds
    /// One of the errors is above its limit.
    case fails

    public var description: String {
      "\(self == .holds ? "holds" : "does not hold") within 5 % in the median and 15 % at worst"
    }
  }

  /// The model of the batch sizes that were not held back.
  public let model: StepTimeModel
  /// The batch sizes that were held back, ascending; at least one.
  public let predictions: [Prediction]

  /// The largest median of the absolute relative errors with which the model holds.
  public static var medianLimit: Double { 0.05 }
  /// The largest absolute relative error with which the model holds.
  public static var worstLimit: Double { 0.15 }

  /// Fits every other size, the smallest and the largest among them, and predicts the rest.
  ///
  /// - Throws: ``StepTimeError`` when there are fewer than five batch sizes, or something is wrong with them as said at
  ///   ``StepTimeModel/init(_:maximumSegments:resamples:seed:)``.
  public init(_ points: [StepTimePoint], resamples: Int = 999, seed: UInt64 = 0) throws(StepTimeError) {
    guard points.count >= 5 else { throw .tooFewSizes(count: points.count, needed: 5) }
    let sorted = points.sorted { $0.batch < $1.batch }
    let heldBack = stride(from: 1, to: sorted.count - 1, by: 2).map { sorted[$0] }
    let fitted = sorted.indices.filter { $0.isMultiple(of: 2) || $0 == sorted.count - 1 }.map { sorted[$0] }
    try self.init(fittedTo: fitted, predicting: heldBack, resamples: resamples, seed: seed)
  }

  /// Fits some sizes and predicts others, which may lie beyond them.
  ///
  /// - Throws: ``StepTimeError`` when fewer than three sizes are to be fitted or none predicted, or something is wrong
  ///   with them as said at ``StepTimeModel/init(_:maximumSegments:resamples:seed:)``.
  public init(
    fittedTo fitted: [StepTimePoint], predicting heldBack: [StepTimePoint], resamples: Int = 999, seed: UInt64 = 0
  ) throws(StepTimeError) {
    let sizes = Set(fitted.map(\.batch))
    if let both = heldBack.first(where: { sizes.contains($0.batch) }) { throw .repeatedBatch(both.batch) }
    let fit = try StepTimeFit(fitted, maximumSegments: 3, resamples: resamples, seed: seed)
    let series = try StepTimeSeries(heldBack, needing: 1)
    let resampled = series.resampledMedians(resamples, seed: seed)
    model = StepTimeModel(fit)
    predictions = series.batches.enumerated().map { index, batch in
      Prediction(
        batch: batch, predicted: fit.prediction(at: batch),
        measured: BootstrapEstimate(series.medians[index], resampled: resampled.map { $0[index] }))
    }
  }

  /// The median of the absolute relative errors.
  public var medianError: Double { medianValue(predictions.map { abs($0.relativeError) }) }

  /// The largest of the absolute relative errors.
  public var worstError: Double { predictions.map { abs($0.relativeError) }.max() ?? 0 }

  /// Whether both errors are within ``medianLimit`` and ``worstLimit``.
  public var verdict: Verdict {
    medianError <= Self.medianLimit && worstError <= Self.worstLimit ? .holds : .fails
  }
}
