import BatchAlgebra
public import BatchFoundation
public import BatchTraining
import Glibc

/// How the eigenvalues of a symmetric operator are spread, by stochastic Lanczos quadrature.
///
/// Source: Ghorbani, Krishnan & Xiao 2019, *An investigation into neural net optimization via Hessian eigenvalue
/// density*, §2. From each random unit vector v, m Lanczos steps give the Gauss quadrature of the measure whose moments
/// are vᵀAᵏv: Ritz values as nodes, the squares of first components as weights, exact for k < 2m. The mean over vectors
/// approaches the share of eigenvalues.
public struct SpectralDensity: Sendable, Hashable, Codable {
  /// A node of a quadrature.
  public struct Node: Sendable, Hashable, Codable {
    /// Where it lies.
    public var eigenvalue: Double
    /// The share of eigenvalues that it stands for.
    public var weight: Double
  }

  /// The quadrature of each random vector, nodes ascending; its weights add to 1.
  public let probes: [[Node]]
  /// The dimension n: a share times n is a number of eigenvalues.
  public let dimension: Int
  /// The number of products that were taken.
  public let products: Int

  /// The mean over `probes` random vectors, with `steps` Lanczos steps from each.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for settings that make no sense, products that are no numbers, or when
  ///   memory is short.
  public init<Operator: SymmetricOperator>(
    of a: Operator, probes count: Int = 8, steps: Int = 60, seed: UInt64
  ) throws(CurvatureError) {
    guard count >= 1 else { throw .setting("a spectral density needs at least 1 random vector, not \(count)") }
    var probes: [[Node]] = []
    var products = 0
    for index in 0..<count {
      var stream = RandomStream(seed: seed, name: "spectral density", index: UInt64(index))
      var lanczos = try Lanczos<Operator.Element>(in: a, capacity: steps, entries: .signs, from: &stream)
      while try lanczos.step(a) {}
      probes.append(try lanczos.ritzValues().map { Node(eigenvalue: $0.value, weight: $0.weight) })
      products += lanczos.steps
    }
    self.probes = probes
    dimension = a.dimension
    self.products = products
  }

  /// The smallest and the largest node.
  public var range: ClosedRange<Double> {
    let nodes = probes.joined().map(\.eigenvalue)
    guard let least = nodes.min(), let most = nodes.max() else { return 0...0 }
    return least...most
  }

  /// An estimate of tr(Aᵏ)/n of each random vector; their mean is that of the density, their scatter its uncertainty.
  public func moments(_ k: Int) -> Sample {
    Sample(probes.map { $0.reduce(0) { $0 + $1.weight * pow($1.eigenvalue, Double(k)) } })
  }

  /// The share of eigenvalues above a bound.
  public func share(above bound: Double) -> Double {
    mean { $0 > bound ? 1 : 0 }
  }

  /// The density at a point, every node taken for a normal distribution of the standard deviation `width`.
  public func density(at x: Double, width: Double) -> Double {
    precondition(width > 0, "a density needs a width above 0, not \(width)")
    return mean { node in
      let distance = (x - node) / width
      return exp(-distance * distance / 2) / (width * (2 * Double.pi).squareRoot())
    }
  }

  /// A width that shows the shape of the density: a hundredth of the range; of no range, of the eigenvalue.
  public var usualWidth: Double {
    let range = range
    let size = range.upperBound - range.lowerBound
    if size > 0 { return size / 100 }
    return range.lowerBound == 0 ? 0.01 : abs(range.lowerBound) / 100
  }

  /// The density at evenly spaced points, from five widths below the smallest node to five above the largest, between
  /// which it integrates to 1.
  public func curve(points: Int = 400, width: Double? = nil) -> [(eigenvalue: Double, density: Double)] {
    precondition(points >= 2, "a curve needs at least 2 points, not \(points)")
    let width = width ?? usualWidth
    let (first, last) = (range.lowerBound - 5 * width, range.upperBound + 5 * width)
    return (0..<points).map { index in
      let x = first + (last - first) * Double(index) / Double(points - 1)
      return (x, density(at: x, width: width))
    }
  }

  private func mean(_ f: (Double) -> Double) -> Double {
    probes.reduce(0) { $0 + $1.reduce(0) { $0 + $1.weight * f($1.eigenvalue) } } / Double(probes.count)
  }
}
