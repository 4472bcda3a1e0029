import BatchFoundation
import Glibc

/// The mean ln S of each batch size that reached the goal, and what its errors are under a noise σ of the seeds.
///
/// ln S of a run is ln S_min + h(B) + d(B) + τ(B) + ε: the rise h of the form, the ``FormDeviation`` d and what the search of
/// the rate adds, τ, which all seeds of a size share, and the noise ε of the seed.
struct SizeMeans {
  /// The deviation of d.
  static var formDeviation: Double { 0.04 }
  /// The deviation of τ: the rate that is best in a few runs is so by chance, too, and other seeds did not choose it.
  ///
  /// Where answers rested on two dozen seeds, tests found the truth so much further off than the scatter of the seeds
  /// explains.
  static var searchDeviation: Double { 0.025 }

  /// The batch sizes, ascending.
  let batches: [Int]
  /// ln B.
  let logBatches: [Double]
  /// The mean ln S of each size.
  private let means: [Double]
  /// By how many σ each mean is expected to be too low.
  private let luck: [Double]
  /// The number of seeds of each size.
  let counts: [Double]
  /// The sum of squares about the means of the sizes.
  private let squaresWithin: Double
  private let places: [(first: Int, weights: (Double, Double))]

  /// By how many standard deviations the least of three is below the mean (David & Nagaraja 2003, *Order Statistics*, §4.2).
  ///
  /// Tests of answers found runs with further seeds to take 0.5 to 1 σ more than the least of a search.
  private static var luckOfLeast: Double { 0.846 }

  /// The means of some sizes; of those `chosen` the run was the least of several.
  init(_ sizes: [(batch: Int, logSteps: [Double])], chosen: Set<Int>) {
    batches = sizes.map(\.batch)
    logBatches = batches.map { log(Double($0)) }
    counts = sizes.map { Double($0.logSteps.count) }
    luck = sizes.map { chosen.contains($0.batch) ? Self.luckOfLeast : 0 }
    let means = sizes.map { $0.logSteps.reduce(0, +) / Double($0.logSteps.count) }
    self.means = means
    squaresWithin = zip(sizes, means).reduce(0) { sum, size in
      size.0.logSteps.reduce(sum) { $0 + ($1 - size.1) * ($1 - size.1) }
    }
    places = logBatches.map(FormDeviation.place(ofLog:))
  }

  /// What is known of ln S_min when B_c, p and σ are given: its distribution, and how well they fit.
  struct Fit {
    /// The mean of ln S_min.
    var center: Double
    /// The logarithm of the likelihood with ln S_min integrated out, up to a constant that is common to all σ.
    var logLikelihood: Double
  }

  /// The covariance of the means about the form, inverted, under one σ.
  struct Errors {
    /// σ.
    let noise: Double
    /// The mean ln S of each size, that of a chosen run with what luck there is in it.
    let means: [Double]
    /// The inverse covariance, row by row.
    let inverse: [Double]
    /// The sums of its rows.
    let rowSums: [Double]
    /// The sum of all of it: 1 over the variance of ln S_min.
    let total: Double
    /// What does not depend on the means in the logarithm of the likelihood.
    let logFactor: Double

    /// The standard deviation of ln S_min.
    var deviation: Double { (1 / total).squareRoot() }
  }

  /// The errors under a noise of the seeds.
  func errors(noise: Double) -> Errors {
    let count = batches.count
    var covariance = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0..<count { covariance[i * count + j] = formCovariance(places[i], places[j]) }
      covariance[i * count + i] += ownVariance(i, noise: noise)
    }
    let (inverse, logDeterminant) = Self.inverted(covariance, count)
    let rowSums = (0..<count).map { row in (0..<count).reduce(0) { $0 + inverse[row * count + $1] } }
    let total = rowSums.reduce(0, +)
    let within = counts.reduce(0, +) - Double(count)
    let logFactor =
      -logDeterminant / 2 - log(total) / 2 - within * log(noise) - squaresWithin / (2 * noise * noise)
    let means = zip(means, luck).map { $0 + $1 * noise }
    return Errors(noise: noise, means: means, inverse: inverse, rowSums: rowSums, total: total, logFactor: logFactor)
  }

  /// The fit of a form that rises by the given ln S above ln S_min at each size.
  ///
  /// With a flat prior of ln S_min its distribution is normal about the mean weighted by the inverse covariance, and
  /// the integral over it closed (Gelman et al. 2013, *Bayesian Data Analysis*, §14.7).
  func fit(_ rises: [Double], _ errors: Errors) -> Fit {
    let count = batches.count
    var weighted = 0.0
    for i in 0..<count { weighted += errors.rowSums[i] * (errors.means[i] - rises[i]) }
    let center = weighted / errors.total
    var squares = 0.0
    for i in 0..<count {
      let rest = errors.means[i] - rises[i] - center
      var product = 0.0
      for j in 0..<count { product += errors.inverse[i * count + j] * (errors.means[j] - rises[j] - center) }
      squares += rest * product
    }
    return Fit(center: center, logLikelihood: errors.logFactor - squares / 2)
  }

  /// Draws the deviation from the form, given how far the means lie from it.
  ///
  /// By Matheron's rule: a draw from the prior and of the seeds' errors, moved by what the data say of the difference
  /// (Journel & Huijbregts 1978, *Mining Geostatistics*).
  func drawDeviation(rests: [Double], _ errors: Errors, _ generator: inout RandomStream) -> FormDeviation {
    var knots = (0..<FormDeviation.knotCount).map { _ in Self.formDeviation * generator.normal() }
    let count = batches.count
    let surprises = (0..<count).map { i in
      let drawn = places[i].weights.0 * knots[places[i].first] + places[i].weights.1 * knots[places[i].first + 1]
      return rests[i] - drawn - ownVariance(i, noise: errors.noise).squareRoot() * generator.normal()
    }
    let variance = Self.formDeviation * Self.formDeviation
    for i in 0..<count {
      var weight = 0.0
      for j in 0..<count { weight += errors.inverse[i * count + j] * surprises[j] }
      knots[places[i].first] += variance * places[i].weights.0 * weight
      knots[places[i].first + 1] += variance * places[i].weights.1 * weight
    }
    return FormDeviation(knots: knots)
  }

  /// The variance of the mean of a size that it does not share with others.
  private func ownVariance(_ index: Int, noise: Double) -> Double {
    noise * noise / counts[index] + Self.searchDeviation * Self.searchDeviation
  }

  private func formCovariance(
    _ a: (first: Int, weights: (Double, Double)), _ b: (first: Int, weights: (Double, Double))
  ) -> Double {
    func weight(_ place: (first: Int, weights: (Double, Double)), _ knot: Int) -> Double {
      knot == place.first ? place.weights.0 : knot == place.first + 1 ? place.weights.1 : 0
    }
    let shared = weight(a, b.first) * b.weights.0 + weight(a, b.first + 1) * b.weights.1
    return Self.formDeviation * Self.formDeviation * shared
  }

  /// The inverse of a positive definite matrix of a few rows, and the logarithm of its determinant, by elimination.
  private static func inverted(_ matrix: [Double], _ count: Int) -> (inverse: [Double], logDeterminant: Double) {
    var (left, right) = (matrix, [Double](repeating: 0, count: count * count))
    for i in 0..<count { right[i * count + i] = 1 }
    var logDeterminant = 0.0
    for pivot in 0..<count {
      // Positive, and the noise keeps it from 0.
      let scale = left[pivot * count + pivot]
      logDeterminant += log(scale)
      for column in 0..<count {
        left[pivot * count + column] /= scale
        right[pivot * count + column] /= scale
      }
      for row in 0..<count where row != pivot {
        let factor = left[row * count + pivot]
        for column in 0..<count {
          left[row * count + column] -= factor * left[pivot * count + column]
          right[row * count + column] -= factor * right[pivot * count + column]
        }
      }
    }
    return (right, logDeterminant)
  }
}
