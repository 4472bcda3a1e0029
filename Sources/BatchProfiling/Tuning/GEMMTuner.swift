public import BatchAlgebra
import BatchFoundation
import Glibc

/// Measures on this machine where one way of computing a layer's products becomes faster than another.
public struct GEMMTuner<S: Scalar> {
  /// Two ways at one batch size or amount of work.
  public struct Comparison: Sendable, Hashable {
    /// The threshold that it bears on.
    public enum Subject: String, Sendable, Hashable, CaseIterable {
      /// ``/BatchAlgebra/GEMMThresholds/mirroredBatch``.
      case mirroredBatch = "mirrored batch"
      /// ``/BatchAlgebra/GEMMThresholds/contractionCutBatch``.
      case contractionCutBatch = "contraction cut batch"
      /// ``/BatchAlgebra/GEMMThresholds/smallestSharedWork``.
      case smallestSharedWork = "smallest shared work"
    }

    /// The threshold.
    public var subject: Subject
    /// The batch size, or the number of multiply-adds.
    public var value: Int
    /// The duration of the way for smaller values over that of the way for larger ones: above 1 where the latter is the
    /// faster.
    public var ratio: Double
  }

  /// The thresholds that the comparisons come to.
  public private(set) var thresholds = GEMMThresholds.defaults
  /// What was measured, in order.
  public private(set) var comparisons: [Comparison] = []
  private let team: ThreadTeam
  private let timer: InterleavedTimer

  /// Measures for some seconds on a team's threads, with the context's instruction set.
  ///
  /// - Throws: `AllocationError` when there is no memory for the layers.
  public init(team: ThreadTeam, context: ComputeContext) throws(AllocationError) {
    self.team = team
    timer = InterleavedTimer(settings: Self.settings, gates: [team.threads: try DisturbanceGate(team)])
    let large = try TunedLayer<S>(1024, 512, team, context), small = try TunedLayer<S>(512, 512, team, context)
    let tiny = try TunedLayer<S>(128, 128, team, context)
    // Several layers, as in a step: when a weight is read again, others have taken its place in the caches near a core.
    func backward(_ batch: Int, _ thresholds: GEMMThresholds) {
      large.backward(batch, thresholds)
      small.backward(batch, thresholds)
    }
    thresholds.mirroredBatch = measure(.mirroredBatch, [4, 6, 8, 12, 16, 24, 32, 48, 64], backward) { isLarger in
      GEMMThresholds(mirroredBatch: isLarger ? 1 : .max, contractionCutBatch: 0, smallestSharedWork: 0)
    }
    guard team.threads > 1 else { return }
    let mirrored = thresholds.mirroredBatch
    // Uncut is the way for larger batches.
    let uncut = measure(.contractionCutBatch, [1, 2, 4, 8, 12, 16, 24, 32], backward) { isLarger in
      GEMMThresholds(
        mirroredBatch: mirrored, contractionCutBatch: isLarger ? 0 : .max, smallestSharedWork: 0)
    }
    thresholds.contractionCutBatch = min(uncut - 1, GEMMThresholds.largestContractionCut)
    func forward(_ work: Int, _ thresholds: GEMMThresholds) { tiny.forward(work / tiny.work, thresholds) }
    let works = [1, 2, 4, 8, 16, 32].map { $0 * tiny.work }
    thresholds.smallestSharedWork = measure(.smallestSharedWork, works, forward) { isLarger in
      GEMMThresholds(mirroredBatch: mirrored, contractionCutBatch: 0, smallestSharedWork: isLarger ? 0 : .max)
    }
  }

  /// Short: a tuning is to be over before anybody minds.
  private static var settings: TimingSettings {
    var settings = TimingSettings()
    (settings.sampleSeconds, settings.warmUpSeconds) = (1.5e-3, 0.5e-3)
    (settings.minimumCycles, settings.maximumCycles) = (11, 11)
    // Several times what it takes on a quiet machine; on a busy one nothing is tried again from then on.
    settings.maximumSeconds = 4
    return settings
  }

  /// Compares two ways at rising values; returns the value from which on the way for larger ones is to be taken.
  ///
  /// All values together then take the least time, each weighing the same: one noisy ratio does not move the threshold
  /// far. One more than the last value where that way should never be taken.
  private mutating func measure(
    _ subject: Comparison.Subject, _ values: [Int], _ body: @escaping (_ value: Int, _ way: GEMMThresholds) -> Void,
    _ thresholds: (_ isLarger: Bool) -> GEMMThresholds
  ) -> Int {
    let ways = [thresholds(false), thresholds(true)]
    // What is lost on the values so far by taking the way for larger ones, in logarithms.
    var loss = 0.0
    var best = (loss: 0.0, value: values[0])
    for (index, value) in values.enumerated() {
      let work = ways.map { way in
        TimedWork(name: "\(subject.rawValue) \(value)", threads: team.threads, group: 0) { calls in
          for _ in 0..<calls { body(value, way) }
        }
      }
      let medians = timer.run(work).samples.map { medianValue($0.times) }
      comparisons.append(Comparison(subject: subject, value: value, ratio: medians[0] / medians[1]))
      loss += log(medians[0] / medians[1])
      if loss < best.loss { best = (loss, index + 1 < values.count ? values[index + 1] : value + 1) }
    }
    return best.value
  }
}
