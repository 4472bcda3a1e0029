import BatchFoundation
import BatchTraining
import Glibc

/// Gradients of examples that are normal about a true gradient G with covariance (S/d)·1, by what batches of them show.
struct GaussianGradients {
  /// d, the number of parameters.
  var dimensions = 2000
  /// S, the trace of the covariance.
  var scatter = 900.0
  /// |G|².
  var trueSquare = 1.0

  /// A batch's moments by their sampling distributions: |ḡ|² is S/(dB) times a noncentral χ² of d degrees, and
  /// Σ|gᵢ − ḡ|² is S/d times a χ² of d(B − 1) degrees, independent of it.
  func moments(batch: Int, _ stream: inout RandomStream) -> GradientMoments {
    let variance = scatter / Double(dimensions)
    let meanVariance = variance / Double(batch)
    let along = stream.normal() + (trueSquare / meanVariance).squareRoot()
    let meanSquare = meanVariance * (along * along + stream.chiSquare(dimensions - 1))
    let deviations = variance * stream.chiSquare(dimensions * (batch - 1))
    return GradientMoments(
      examples: batch, exampleSquares: deviations + Double(batch) * meanSquare, meanSquare: meanSquare)
  }

  /// The gradients of a batch themselves, [examples][parameters]; G points along the first parameter.
  func gradients(batch: Int, _ stream: inout RandomStream) -> [[Double]] {
    let deviation = (scatter / Double(dimensions)).squareRoot()
    return (0..<batch).map { _ in
      (0..<dimensions).map { (($0 == 0 ? trueSquare.squareRoot() : 0) + deviation * stream.normal()) }
    }
  }
}

extension GradientMoments {
  /// The moments of gradients of single examples.
  init(_ gradients: [[Double]]) {
    self.init(
      examples: gradients.count, exampleSquares: gradients.reduce(0) { $0 + $1.square },
      meanSquare: gradients.meanVector.square)
  }
}

extension [Double] {
  /// Σ xⱼ².
  var square: Double { reduce(0) { $0 + $1 * $1 } }
}

extension Collection<[Double]> {
  /// The mean of the vectors.
  var meanVector: [Double] {
    var sum = [Double](repeating: 0, count: first?.count ?? 0)
    for vector in self { for index in sum.indices { sum[index] += vector[index] } }
    return sum.map { $0 / Double(count) }
  }
}

extension RandomStream {
  /// A number from the χ² distribution of so many degrees: twice a gamma variate (Marsaglia & Tsang 2000).
  mutating func chiSquare(_ degrees: Int) -> Double {
    let d = Double(degrees) / 2 - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - uniform()) < x * x / 2 + d * (1 - v + log(v)) { return 2 * d * v }
    }
  }
}
