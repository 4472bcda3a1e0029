public import BatchFoundation
import Glibc

/// What a study of branches shows: at each moment the largest batch that loses nothing, and the critical batch by which
/// share of the progress larger ones make.
public struct BranchAnalysis: Sendable {
  /// The branches of one multiple of the batch at a moment, over the seeds, by the rule with the least mean loss.
  public struct Branch: Sendable {
    /// What the pilot's batch size is multiplied by.
    public let multiple: Int
    /// The number of examples an update averages.
    public let batchSize: Int
    /// The rule by which the rate follows from the pilot's.
    public let rule: String
    /// The optimizer's learning rate.
    public let learningRate: Double
    /// The loss at the end by seed; seeds whose branch diverged have none.
    public let losses: [UInt64: Double]
    /// The number of seeds whose branch diverged.
    public let divergedCount: Int
    /// Which share of the progress at multiple 1 the branch makes over the same examples, from the mean losses of the
    /// seeds; nil where that cannot be told.
    public let progress: Double?
    /// Whether that share tells of the critical batch: an update makes at least as much progress as one at multiple 1.
    ///
    /// With the right rate it always does, so that otherwise the rate is at fault and not the batch.
    public let isFitted: Bool
  }

  /// A moment at which branches left the pilot.
  public struct Moment: Sendable {
    /// Where it stands, in passes over the training part.
    public let epoch: Double
    /// The number of updates of the pilot.
    public let update: Int
    /// The branches, by multiple.
    public let branches: [Branch]
    /// The loss that the branches begin with, and that the one of multiple 1 ends with, over the seeds.
    public let losses: (before: Sample, after: Sample)
    /// The largest multiple that loses nothing beyond the tolerance, by seed.
    public let largestMultiples: [UInt64: Int]
    /// The tolerance over what multiple 1 gains: at 1/2 and more the rule tells little.
    public let toleranceShare: Double?
    /// The critical batch by the progress that branches make, in examples.
    public let progressCriticalBatch: CriticalBatchReading

    let evidence: Evidence?
    let batchSize: Int

    /// The largest batch that loses nothing, the median over the seeds, with the 95 % interval of the logarithms' mean
    /// within the sizes tried, which one seed alone has not; nil without seeds.
    ///
    /// Sizes between those tried count as the smaller.
    public var localCriticalBatch: (value: Double, interval: ClosedRange<Double>?)? {
      let multiples = largestMultiples.sorted { $0.key < $1.key }.map { Double($0.value) }
      guard !multiples.isEmpty, let largest = branches.last?.batchSize else { return nil }
      let size = Double(batchSize)
      let value = size * medianValue(multiples)
      // Where all seeds agree the interval is the value, whatever logarithm and exponential make of its last digit.
      let interval = Sample(multiples.map { log($0) }).interval.map {
        (min(value, size * exp($0.lowerBound))...max(value, size * exp($0.upperBound)))
          .clamped(to: size...Double(largest))
      }
      return (value, interval)
    }

    /// The share of progress that the fit of ``progressCriticalBatch`` has for a multiple of the batch, 1 or more; nil
    /// without a fit.
    public func fittedProgress(_ multiple: Double) -> Double? {
      evidence.map { ProgressFit.share(multiple, ratio: exp($0.logRatio)) }
    }

    /// Whether no size tried loses anything, for half of the seeds or more: the local critical batch lies beyond them.
    public var isBeyond: Bool {
      guard let largest = branches.last?.multiple, !largestMultiples.isEmpty else { return false }
      return medianValue(largestMultiples.values.map(Double.init)) >= Double(largest)
    }
  }

  /// ln(B_c/B) of a moment, and what is not sure about it.
  struct Evidence: Sendable {
    /// As the least squares have it, within what can be told.
    let logRatio: Double
    /// The standard error by the scatter of multiples, and by seeds left out in turn.
    let errors: (multiples: Double, seeds: Double)
    /// Whether it lies within what can be told, or else above that.
    let isTold: Bool, isAbove: Bool
  }

  /// The moments that at least one pilot came to.
  public let moments: [Moment]
  /// The pilot's batch size.
  public let batchSize: Int

  /// Analyses what is there of a study.
  public init(_ results: StudyResults<BranchPlan>) {
    let plan = results.plan
    batchSize = plan.pilotBatch
    let pilots = results.trials.map { BranchedPilot($0) }
    moments = plan.starts.enumerated().compactMap { index, start in
      let there = pilots.filter { index < $0.moments.count }
      guard !there.isEmpty else { return nil }
      return Moment(
        there.map { ($0.seed, $0.moments[index]) }, plan, update: start.updates,
        epoch: Double(start.examples) / Double(plan.common.exampleCounts[0]))
    }
  }

  /// The critical batch as evidence for a decision, log-normal: see ``criticalBatch(of:)``; of all moments.
  public var criticalBatch: (median: Double, logDeviation: Double)? { criticalBatch(of: moments) }

  /// About half of the logarithm of the factor by which two usual rules differ.
  private static var leastLogDeviation: Double { 1 }

  /// The critical batch by the progress of branches over some moments, as log-normal evidence: its median in examples, and
  /// the standard deviation of its logarithm.
  ///
  /// The median is that over the moments. The deviation holds the scatter of the moments, and the mean error of one by the
  /// scatter of its multiples and of its seeds. It is at least 1, a factor of 2.7 either way for one standard deviation: what
  /// is wrong with the rule for the rate shows in no scatter, and at one moment of one task `linear` and `sqrt` ask for
  /// critical batches that differ by a factor of 8. Nil where no moment tells, or half of them lie beyond what can be told.
  public func criticalBatch(of moments: [Moment]) -> (median: Double, logDeviation: Double)? {
    let evidence = moments.compactMap(\.evidence)
    guard !evidence.isEmpty else { return nil }
    let values = evidence.map { $0.isTold ? $0.logRatio : $0.isAbove ? .infinity : -.infinity }
    let median = medianValue(values)
    guard median.isFinite else { return nil }
    let scatter = Sample(evidence.map(\.logRatio)).variance ?? 0
    let errors = Sample(
      evidence.map { $0.errors.multiples * $0.errors.multiples + $0.errors.seeds * $0.errors.seeds }
    ).mean
    return (Double(batchSize) * exp(median), max(Self.leastLogDeviation, (scatter + errors).squareRoot()))
  }
}
