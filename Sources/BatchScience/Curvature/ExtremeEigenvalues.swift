import BatchAlgebra
import BatchFoundation
public import BatchTraining

/// The smallest and the largest eigenvalue of a symmetric operator, by Lanczos's method.
///
/// Of a network's Hessian the largest bounds the stable learning rate, 2/λ for gradient descent, and the smallest says
/// how far the point is from a minimum. Each comes with a bound of its error: some eigenvalue lies within it.
public struct ExtremeEigenvalues: Sendable, Hashable, Codable {
  /// An eigenvalue, and how far from the estimate one lies at most, rounding aside.
  public struct Estimate: Sendable, Hashable, Codable {
    /// The estimate.
    public var value: Double
    /// The bound of its error.
    public var bound: Double
  }

  /// The smallest eigenvalue, which may be negative.
  public let smallest: Estimate
  /// The largest eigenvalue.
  public let largest: Estimate
  /// The number of steps, each of which took one product.
  public let steps: Int
  /// Whether both bounds are within the tolerance that was asked for.
  public let isConverged: Bool

  /// Makes steps from a random vector until both bounds are at most `tolerance` times the largest magnitude of an
  /// eigenvalue, or `maximumSteps`.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for settings that make no sense, products that are no numbers, or when
  ///   memory is short.
  public init<Operator: SymmetricOperator>(
    of a: Operator, tolerance: Double = 1e-4, maximumSteps: Int = 100, seed: UInt64
  ) throws(CurvatureError) {
    guard tolerance >= 0, tolerance.isFinite else {
      throw .setting("the tolerance of eigenvalues must be at least 0, not \(tolerance)")
    }
    var stream = RandomStream(seed: seed, name: "extreme eigenvalues")
    var lanczos = try Lanczos<Operator.Element>(in: a, capacity: maximumSteps, from: &stream)
    try self.init(&lanczos, of: a, tolerance: tolerance)
  }

  /// Continues steps until both bounds are at most `tolerance` times the largest magnitude, or there is no room.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for products that are no numbers.
  public init<Operator: SymmetricOperator>(
    _ lanczos: inout Lanczos<Operator.Element>, of a: Operator, tolerance: Double
  ) throws(CurvatureError) {
    while try lanczos.step(a) {
      // The eigenvalues of T cost little beside a product; still not at every step.
      guard lanczos.steps % 4 == 0 || !lanczos.canStep else { continue }
      if Self.isConverged(try lanczos.ritzValues(), tolerance) { break }
    }
    let values = try lanczos.ritzValues()
    guard let first = values.first, let last = values.last else {
      throw .setting("no step of Lanczos's method was made")
    }
    smallest = Estimate(value: first.value, bound: first.bound)
    largest = Estimate(value: last.value, bound: last.bound)
    steps = lanczos.steps
    isConverged = lanczos.isInvariant || Self.isConverged(values, tolerance)
  }

  private static func isConverged<S>(_ values: [Lanczos<S>.RitzValue], _ tolerance: Double) -> Bool {
    guard let first = values.first, let last = values.last, values.count > 1 else { return false }
    return max(first.bound, last.bound) <= tolerance * max(abs(first.value), abs(last.value))
  }
}
