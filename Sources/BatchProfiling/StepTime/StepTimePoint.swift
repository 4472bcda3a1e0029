import BatchFoundation

/// The measured durations of a training step of one batch size.
public struct StepTimePoint: Codable, Sendable, Hashable {
  /// The batch size.
  public var batch: Int
  /// The seconds of a step, one kept sample a cycle.
  ///
  /// Samples of equal index belong to the same cycle at every batch size, so that what disturbed a whole cycle can be
  /// told from what sets two batch sizes apart.
  public var seconds: [Double]

  /// A batch size and the seconds of its step, one a cycle.
  public init(batch: Int, seconds: [Double]) {
    self.batch = batch
    self.seconds = seconds
  }

  /// The times of batch sizes in the cycles that all of them were sampled in, for a ``StepTimeModel``.
  ///
  /// Undisturbed samples count where there are eight cycles of them or more, else all that stand for their cycle. The
  /// batch sizes must have been timed in the same cycles.
  public static func points(of samples: [(batch: Int, samples: TimedSamples)]) -> [StepTimePoint] {
    func shared(_ times: (TimedSamples) -> [Int: Double]) -> [StepTimePoint] {
      let maps = samples.map { times($0.samples) }
      let common = maps.dropFirst().reduce(Set(maps.first?.keys.map { $0 } ?? [])) { $0.intersection($1.keys) }.sorted()
      return zip(samples, maps).map { sample, map in
        StepTimePoint(batch: sample.batch, seconds: common.map { map[$0] ?? .nan })
      }
    }
    let quiet = shared(\.timesByCycle)
    return (quiet.first?.seconds.count ?? 0) >= 8 ? quiet : shared(\.keptTimes)
  }

  /// The middle of the seconds, or the mean of the two middle ones; of at least one.
  public var median: Double { medianValue(seconds) }
}

extension TimedSamples {
  /// The sample that stands for each cycle, disturbed or not.
  fileprivate var keptTimes: [Int: Double] {
    let kept = isKept.indices.filter { isKept[$0] }
    return Dictionary(kept.map { (cycles[$0], seconds[$0]) }, uniquingKeysWith: { first, _ in first })
  }
}
