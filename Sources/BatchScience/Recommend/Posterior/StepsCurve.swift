import Glibc

/// Updates to the goal by batch size: one of the curves that the evidence leaves possible.
///
/// S(B) = S_min(1 + (B_c/B)ᵖ)^(1/p)·e^d(B). With p = 1 and no deviation d it is the hyperbola of McCandlish et al. 2018
/// (arXiv 1812.06162); with any p it has the same ends, S_min and S_min·B_c/B, and a knee that is the
/// sharper the larger p. At B_c the steps are 2^(1/p) times S_min.
public struct StepsCurve: Sendable, Hashable {
  /// ln S_min.
  let logMinimum: Double
  /// ln B_c.
  let logCritical: Double
  /// The sharpness p of the knee.
  public let sharpness: Double
  /// The deviation from the form.
  let deviation: FormDeviation
  /// The standard deviation σ of ln S over seeds.
  public var noise = 0.0

  /// The updates that ever larger batches approach.
  public var minimumSteps: Double { exp(logMinimum) }
  /// The batch B_c at which both ends of the curve meet, in examples.
  public var criticalBatch: Double { exp(logCritical) }

  /// The updates to the goal at a batch of at least 1, at the best learning rate: the mean over seeds, e^(σ²/2) times
  /// their geometric mean.
  public func steps(at batch: Int) -> Double { exp(logSteps(at: batch) + noise * noise / 2) }

  /// ln S of the geometric mean over seeds.
  func logSteps(at batch: Int) -> Double { logFormSteps(at: batch) + deviation.value(atLog: log(Double(batch))) }

  /// ln S without the deviation.
  func logFormSteps(at batch: Int) -> Double {
    logMinimum + Self.logRise(logCritical - log(Double(batch)), sharpness)
  }

  /// ln(1 + xᵖ)/p of ln x, without overflow.
  static func logRise(_ logRatio: Double, _ sharpness: Double) -> Double {
    let power = sharpness * logRatio
    return max(0, logRatio) + log1p(exp(-abs(power))) / sharpness
  }
}

/// What steps to the goal deviate from the form of the curve: a smooth random function of ln B.
///
/// Independent normal numbers stand at whole octaves of B, from 1 example on; in between the two neighbours are mixed
/// so that the variance is the same everywhere.
struct FormDeviation: Sendable, Hashable {
  /// The number of octaves; beyond the last the deviation stays what it is.
  static var knotCount: Int { 25 }

  /// The deviation at 2ᵏ examples, in ln S.
  let knots: [Double]

  /// The two knots about a batch, and how much each counts; the squares of both add up to 1.
  static func place(ofLog logBatch: Double) -> (first: Int, weights: (Double, Double)) {
    let octave = min(max(0, logBatch / M_LN2), Double(knotCount - 1))
    let first = min(Int(octave), knotCount - 2)
    let share = octave - Double(first)
    let norm = (share * share + (1 - share) * (1 - share)).squareRoot()
    return (first, ((1 - share) / norm, share / norm))
  }

  /// The deviation at a batch of the given logarithm.
  func value(atLog logBatch: Double) -> Double {
    let (first, weights) = Self.place(ofLog: logBatch)
    return weights.0 * knots[first] + weights.1 * knots[first + 1]
  }
}
