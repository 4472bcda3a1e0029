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
  }

  /// The noise scale of the weights after one update.
  public struct Moment: Sendable {
    /// The layer; nil for the whole network.
    public let layer: String?
    /// Where the update stands, in passes over the training part.
    public let epoch: Double
    /// The exact noise scale.
    public let exact: Double
    /// The estimate from batches at these weights; nil where it was not made.
    public let estimate: Measurement?

    /// Whether the estimate's interval holds the exact one, to within single precision; nil where there is no number.
    public var holdsExact: Bool? {
      guard let interval = estimate?.interval, estimate?.value != nil else { return nil }
      let rounding = 1e-5 * abs(exact)
      return interval.lowerBound - rounding <= exact && exact <= interval.upperBound + rounding
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
    /// The moments of which the exact noise scale is known, of the network and of each layer, in the order of training.
    public let moments: [Moment]
    /// The update at which the loss ceased to be a number; nil for a run that finished.
    public let divergedAtUpdate: Int?

    /// The points that have a number.
    public var known: [Point] { points.filter { $0.estimate.value != nil } }
  }

  /// The runs, in the order of the plan.
  public let runs: [Run]

  /// Analyses what is there of a study.
  public init(_ results: StudyResults<NoiseScalePlan>) {
    runs = results.trials.map { result in
      let clock = EpochClock(result.records)
      func points(ofLayer layer: String?) -> [Point] {
        result.records.compactMap { Self.point($0, layer: layer, clock) }
      }
      var names: [String] = []
      for name in result.records.flatMap({ $0.measurements ?? [] }).compactMap(\.layer) where !names.contains(name) {
        names.append(name)
      }
      return Run(
        trial: result.trial, points: points(ofLayer: nil), layers: names.map { ($0, points(ofLayer: $0)) },
        moments: result.records.flatMap { Self.moments($0.measurements ?? [], clock) },
        divergedAtUpdate: result.outcome.divergedAtUpdate)
    }
  }

  private static func point(_ record: EvaluationRecord, layer: String?, _ clock: EpochClock) -> Point? {
    let found = record.measurements?.first { $0.name == "noise_scale" && $0.layer == layer }
    guard let estimate = found, let first = estimate.firstUpdate, let last = estimate.lastUpdate else { return nil }
    return Point(
      epoch: clock.epoch(at: (Double(first) + Double(last)) / 2), trainingLoss: record.trainingLoss, estimate: estimate)
  }

  private static func moments(_ measurements: [Measurement], _ clock: EpochClock) -> [Moment] {
    measurements.compactMap { exact in
      guard exact.name == "exact_noise_scale", let value = exact.value, let update = exact.firstUpdate else {
        return nil
      }
      let estimate = measurements.first {
        $0.name == "fixed_weights_noise_scale" && $0.layer == exact.layer && $0.firstUpdate == update
      }
      return Moment(layer: exact.layer, epoch: clock.epoch(at: Double(update)), exact: value, estimate: estimate)
    }
  }

  /// At how many moments the interval of the estimate at fixed weights holds the exact noise scale, of how many that
  /// have both.
  public var coverage: (held: Int, count: Int) {
    let answers = runs.flatMap(\.moments).filter { $0.layer == nil }.compactMap(\.holdsExact)
    return (answers.count { $0 }, answers.count)
  }
}

/// Where an update stands in passes over the training part, between the evaluations that say so: batches may grow.
private struct EpochClock {
  private let marks: [(update: Double, epoch: Double)]

  init(_ records: [EvaluationRecord]) { marks = records.map { (Double($0.update), $0.epoch) } }

  func epoch(at update: Double) -> Double {
    guard let next = marks.first(where: { $0.update >= update }) else { return marks.last?.epoch ?? 0 }
    let before = marks.last { $0.update < update } ?? (0, 0)
    return before.epoch + (next.epoch - before.epoch) * (update - before.update) / (next.update - before.update)
  }
}
