public import BatchTraining

/// What a study of the noise scale shows: the noise scale of each run through training, and where it is known the exact
/// one.
public struct NoiseScaleAnalysis: Sendable {
  /// The noise scale over a window of updates.
  public struct Point: Sendable {
    /// The middle of the window, in passes over the training part.
    public let epoch: Double
    /// The loss over a fixed part of the training examples at the evaluation after the window.
    public let trainingLoss: Double
    /// The estimate, with its interval; without a number where there was not enough evidence.
    public let estimate: Measurement
    /// The exact noise scale of weights at the window's beginning; nil where it was not computed.
    public let exact: Double?
    /// The estimate of that from batches at these weights; nil where it was not made.
    public let fixed: Measurement?

    /// Whether the interval of the estimate at fixed weights holds the exact noise scale; nil where either is missing.
    public var holdsExact: Bool? {
      guard let exact, let interval = fixed?.interval, fixed?.value != nil else { return nil }
      return interval.contains(exact)
    }
  }

  /// A finished run.
  public struct Run: Sendable {
    /// The trial.
    public let trial: NoiseScaleTrial
    /// The whole network's noise scale, in the order of training.
    public let points: [Point]
    /// Those of each layer with parameters, in the network's order.
    public let layers: [(name: String, points: [Point])]
    /// The update at which the loss ceased to be a number; nil for a run that finished.
    public let divergedAtUpdate: Int?

    /// The points that have a number.
    public var known: [Point] { points.filter { $0.estimate.value != nil } }
  }

  /// The runs, in the order of the plan.
  public let runs: [Run]

  /// Analyses what is there of a study.
  public init(_ results: StudyResults<NoiseScalePlan>) {
    let epochs = Double(results.plan.common.epochs)
    runs = results.trials.map { result in
      func points(ofLayer layer: String?) -> [Point] {
        result.records.compactMap { record in
          Self.point(record, layer: layer, epochsPerUpdate: epochs / Double(max(1, result.outcome.updates)))
        }
      }
      var names: [String] = []
      for name in result.records.flatMap({ $0.measurements ?? [] }).compactMap(\.layer) where !names.contains(name) {
        names.append(name)
      }
      return Run(
        trial: result.trial, points: points(ofLayer: nil), layers: names.map { ($0, points(ofLayer: $0)) },
        divergedAtUpdate: result.outcome.divergedAtUpdate)
    }
  }

  private static func point(_ record: EvaluationRecord, layer: String?, epochsPerUpdate: Double) -> Point? {
    func measured(_ name: String) -> Measurement? {
      record.measurements?.first { $0.name == name && $0.layer == layer }
    }
    guard let estimate = measured("noise_scale"), let first = estimate.firstUpdate, let last = estimate.lastUpdate
    else {
      return nil
    }
    return Point(
      epoch: (Double(first) + Double(last)) / 2 * epochsPerUpdate, trainingLoss: record.trainingLoss,
      estimate: estimate, exact: measured("exact_noise_scale")?.value, fixed: measured("fixed_weights_noise_scale"))
  }

  /// At how many moments the interval of the estimate at fixed weights holds the exact noise scale, of how many that have
  /// both.
  public var coverage: (held: Int, count: Int) {
    let answers = runs.flatMap(\.points).compactMap(\.holdsExact)
    return (answers.count { $0 }, answers.count)
  }
}
