import BatchFoundation
import BatchProfiling

/// How much of what a large batch loses without a rule comes back with one.
public enum RecoveredShare: Sendable, Hashable {
  /// The share, and its 95 % interval.
  case share(Double, interval: ClosedRange<Double>)
  /// The 95 % interval of the loss holds zero, or lies below it.
  case nothingToRecover
  /// So many runs, of the variant or of the reference, diverged or ended without a number: a share of the others alone
  /// would flatter.
  case diverged(Int)
  /// Fewer than two seeds have finished everything that the share is of.
  case tooFewSeeds

  /// The share by seeds: gains of the variant over the reference, and losses of the reference against its base batch,
  /// each at the same batch size and positive where better, or worse.
  ///
  /// The share is the quotient of the means, and its interval Fieller's (1954): all ρ at which gain − ρ·loss, seed by
  /// seed, has a mean that Student's t cannot tell from zero. It is bounded just where the interval of the loss leaves
  /// out zero.
  init(gains: [Double], losses: [Double]) {
    precondition(gains.count == losses.count, "gains and losses belong to the same seeds")
    let numberless = zip(gains, losses).count { !$0.isFinite || !$1.isFinite }
    guard numberless == 0 else {
      self = .diverged(numberless)
      return
    }
    guard let interval = Sample(losses).interval else {
      self = .tooFewSeeds
      return
    }
    guard interval.lowerBound > 0 else {
      self = .nothingToRecover
      return
    }
    let (gain, loss) = (Sample(gains).mean, Sample(losses).mean)
    let t = StudentT.quantile975(degreesOfFreedom: losses.count - 1)
    // t² times the variances and the covariance of the means.
    let weight = t * t / Double(losses.count) / Double(losses.count - 1)
    func spread(_ a: [Double], _ meanA: Double, _ b: [Double], _ meanB: Double) -> Double {
      weight * zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) }
    }
    let square = loss * loss - spread(losses, loss, losses, loss)
    let half = gain * loss - spread(gains, gain, losses, loss)
    let constant = gain * gain - spread(gains, gain, gains, gain)
    // Never negative but for rounding: the quotient of the means lies between the roots.
    let root = max(0, half * half - square * constant).squareRoot()
    let share = gain / loss
    self = .share(share, interval: min(share, (half - root) / square)...max(share, (half + root) / square))
  }
}
