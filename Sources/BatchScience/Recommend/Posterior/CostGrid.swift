import Glibc

/// The values of B_c, of the knee's sharpness p and of the seeds' noise σ that a ``CostPosterior`` weighs.
struct CostGrid {
  /// The centres of the cells of ln B_c, at equal distances.
  let logCritical: [Double]
  /// The distance between neighbouring centres.
  let spacing: Double
  /// The sharpness of the knee, at equal distances of its logarithm.
  let sharpness: [Double]
  /// The standard deviation of ln S over the seeds of one batch, at equal distances of its logarithm.
  let noise: [Double]

  private static var criticalCount: Int { 200 }
  private static var sharpnessCount: Int { 9 }
  private static var noiseCount: Int { 15 }
  /// The middle of the prior of p, and the deviation of its logarithm.
  ///
  /// Measured knees of tuned SGD lie 5 to 17 % below the hyperbola's, which is p from 1.08 to 1.37, and some lie on it.
  private static var sharpnessPrior: (median: Double, logDeviation: Double) { (1.14, 0.1) }
  /// The prior of σ²: scaled inverse chi square, about seeds that differ by 9 %.
  private static var noisePrior: (degrees: Double, deviation: Double) { (3, 0.09) }

  /// The grid that reaches from 1/16 of the smallest to 64 times the largest batch that was tried, and three deviations
  /// about every other evidence.
  init(batches: [Int], evidence: [CriticalBatchEvidence]) {
    let logs = batches.map { log(Double($0)) }
    let low = logs.map { $0 - log(16) } + evidence.map { log($0.median) - Self.reach(of: $0) }
    let high = logs.map { $0 + log(64) } + evidence.map { log($0.median) + Self.reach(of: $0) }
    let (least, most) = (low.min() ?? 0, high.max() ?? 0)
    spacing = (most - least) / Double(Self.criticalCount)
    logCritical = (0..<Self.criticalCount).map { [spacing] in least + (Double($0) + 0.5) * spacing }
    sharpness = Self.geometric(from: 0.8, to: 1.8, Self.sharpnessCount)
    noise = Self.geometric(from: 0.015, to: 1, Self.noiseCount)
  }

  /// The logarithms of the prior of each p, up to a constant: normal in ln p.
  var logSharpnessPrior: [Double] {
    sharpness.map { value in
      let distance = log(value / Self.sharpnessPrior.median) / Self.sharpnessPrior.logDeviation
      return -distance * distance / 2
    }
  }

  /// The logarithms of the prior of each ln σ, up to a constant.
  ///
  /// The density of σ² is (σ²)^(−ν/2−1)·exp(−νs²/2σ²) (Gelman et al. 2013, *Bayesian Data Analysis*, appendix A), that
  /// of ln σ has a factor of σ² more.
  var logNoisePrior: [Double] {
    let (degrees, deviation) = Self.noisePrior
    return noise.map { -degrees * log($0) - degrees * deviation * deviation / (2 * $0 * $0) }
  }

  /// How far the grid reaches about evidence: of one that says next to nothing not beyond all numbers.
  private static func reach(of evidence: CriticalBatchEvidence) -> Double { min(3 * evidence.logDeviation, 12) }

  private static func geometric(from low: Double, to high: Double, _ count: Int) -> [Double] {
    (0..<count).map { low * pow(high / low, Double($0) / Double(count - 1)) }
  }
}
