import BatchFoundation
import Glibc

/// What something measured beside steps to the goal says of the critical batch B_c: a log-normal distribution.
public struct CriticalBatchEvidence: Sendable, Hashable, Codable {
  /// What was measured.
  public enum Source: String, Sendable, Hashable, Codable {
    /// The noise scale of the gradients of a run.
    case noiseScale
    /// Branches of a run at larger batches.
    case branches
  }

  /// A reason why a noise scale may be far from the critical batch.
  public enum Doubt: String, Sendable, Hashable, Codable, CaseIterable {
    /// The optimizer scales steps by second moments, so that it does not follow the gradient.
    case adaptiveOptimizer
    /// The targets are the inputs, as an autoencoder's are.
    case targetsEqualInputs
    /// Layers couple the examples of a batch, as batch normalisation does.
    case coupledLayers
    /// Fewer than half of the windows had enough signal for a number.
    case fewWindows
  }

  /// The median of B_c, in examples.
  public var median: Double
  /// The standard deviation of ln B_c.
  public var logDeviation: Double
  /// What was measured.
  public var source: Source
  /// Why it is wider than usual; empty for no reason.
  public var doubts: [Doubt]

  /// Evidence of a median and a standard deviation of the logarithm.
  public init(median: Double, logDeviation: Double, source: Source, doubts: [Doubt] = []) {
    self.median = median
    self.logDeviation = logDeviation
    self.source = source
    self.doubts = doubts
  }

  /// The critical batch over a run's median noise scale, in the middle of what was measured.
  public static var noiseScaleShare: Double { 0.4 }

  /// The standard deviation of ln(B_c/φ): a factor of 3 either way at 90 %, with doubts of 10.
  public static func noiseScaleDeviation(doubted: Bool) -> Double { log(doubted ? 10 : 3) / normalQuantile95 }

  /// What the median noise scale of a run, in examples, says of the critical batch.
  ///
  /// McCandlish et al. 2018 (arXiv 1812.06162), Table 1, averages over a run: B_crit/B_simple is 0.22 (MNIST), 0.125
  /// (SVHN), 0.45 (CIFAR-10), 0.5 (ImageNet), 0.67 (Billion Word) and 0.4 (Atari), whose middle is about 0.4 with a
  /// scatter of a factor of 3; and 20 for SVHN's autoencoder and VAE, which is why there are doubts. The scatter is
  /// combined with the estimate's own 95 % interval.
  public static func noiseScale(
    _ median: Double, interval: ClosedRange<Double>?, doubts: [Doubt] = []
  ) -> CriticalBatchEvidence {
    let scatter = noiseScaleDeviation(doubted: !doubts.isEmpty)
    // An interval that reaches 0 or beyond all numbers says no more than its scatter's largest factor.
    let own = interval.map { log($0.upperBound / $0.lowerBound) / 2 / normalQuantile975 } ?? 0
    let error = own.isFinite && own >= 0 ? min(own, scatter * 2) : scatter * 2
    return CriticalBatchEvidence(
      median: noiseScaleShare * median, logDeviation: (scatter * scatter + error * error).squareRoot(),
      source: .noiseScale, doubts: doubts)
  }

  /// What the windows of a run, in the order of training, say of the critical batch; nil where none has a number.
  ///
  /// The noise scale is the median over the windows: their mean, and the ratio of sums over the run, differ from it up
  /// to tenfold, since the noise scale grows as the loss falls. Its error is taken for that of a typical window, for
  /// windows of one run err alike.
  public static func noiseScale(windows: [NoiseScaleEstimate], doubts: [Doubt] = []) -> CriticalBatchEvidence? {
    let known = windows.filter { $0.value.map { $0 > 0 && $0.isFinite } ?? false }
    guard !known.isEmpty else { return nil }
    let median = medianValue(known.compactMap(\.value))
    let factors = known.compactMap { estimate in
      estimate.interval.flatMap { $0.lowerBound > 0 ? ($0.upperBound / $0.lowerBound).squareRoot() : nil }
    }
    let factor = factors.isEmpty ? nil : medianValue(factors)
    var doubts = doubts
    if 2 * known.count < windows.count, !doubts.contains(.fewWindows) { doubts.append(.fewWindows) }
    return noiseScale(median, interval: factor.map { median / $0...median * $0 }, doubts: doubts)
  }

  /// The 90 % interval of B_c.
  public var interval: ClosedRange<Double> {
    let factor = exp(Self.normalQuantile95 * logDeviation)
    return median / factor...median * factor
  }

  /// The logarithm of the density of ln B_c, up to a constant.
  func logDensity(ofLogCriticalBatch value: Double) -> Double {
    let distance = (value - log(median)) / logDeviation
    return -distance * distance / 2
  }

  private static var normalQuantile95: Double { 1.644_854 }
  private static var normalQuantile975: Double { 1.959_964 }
}
