public import BatchAlgebra
public import BatchTraining

/// The curvature of a network's loss in a few numbers, each with what is known of its error.
///
/// The extreme eigenvalues of the Hessian and the largest of the Gauss–Newton matrix, the Hessian's trace, and the
/// ε-sharpness in the full space and in a random subspace.
public struct CurvatureSummary: Sendable, Hashable {
  /// The numbers: `hessian_largest`, `hessian_smallest`, `gauss_newton_largest` and `hessian_trace` with intervals,
  /// `sharpness` and `subspace_sharpness` in per cent; their probes are products with a matrix, or starts of a search.
  public let measurements: [Measurement]

  /// The number of random directions of the subspace, that of Keskar 2017.
  private static var subspaceDimension: Int { 100 }

  /// Measures the loss where its network stands.
  ///
  /// - Throws: `CurvatureError` for a layer or loss without second derivatives, numbers that are none, or when memory is
  ///   short.
  public init<S: Scalar>(of loss: DatasetLoss<S>, seed: UInt64) throws(CurvatureError) {
    let hessian = HessianOperator(loss)
    let extremes = try ExtremeEigenvalues(of: hessian, seed: seed)
    let gaussNewton = try ExtremeEigenvalues(of: GaussNewtonOperator(loss), seed: seed)
    let trace = try TraceEstimate(of: hessian, seed: seed)
    let point = UnsafeBufferPointer(loss.parameters.elements)
    let sharpness = try EpsilonSharpness(of: loss, at: point, seed: seed)
    let subspace = try EpsilonSharpness(
      of: loss, at: point, subspace: min(Self.subspaceDimension, loss.dimension), seed: seed)
    measurements = [
      Self.eigenvalue("hessian_largest", extremes.largest, extremes),
      Self.eigenvalue("hessian_smallest", extremes.smallest, extremes),
      Self.eigenvalue("gauss_newton_largest", gaussNewton.largest, gaussNewton),
      Measurement(name: "hessian_trace", value: trace.value, interval: trace.interval, probes: trace.products),
      Self.sharpness("sharpness", sharpness), Self.sharpness("subspace_sharpness", subspace),
    ]
  }

  private static func eigenvalue(
    _ name: String, _ estimate: ExtremeEigenvalues.Estimate, _ method: ExtremeEigenvalues
  ) -> Measurement {
    Measurement(
      name: name, value: estimate.value,
      interval: estimate.value - estimate.bound...estimate.value + estimate.bound, probes: method.steps,
      note: method.isConverged ? nil : "some eigenvalue lies in the interval, perhaps not the extreme one")
  }

  private static func sharpness(_ name: String, _ sharpness: EpsilonSharpness) -> Measurement {
    Measurement(
      name: name, value: sharpness.value, probes: sharpness.starts.count,
      note: "in per cent, at least, for ε = \(sharpness.epsilon)"
        + (sharpness.subspaceDimension.map { " in \($0) random directions" } ?? ""))
  }
}
