public import BatchAlgebra
public import BatchTraining

/// How far the weights are from where they began: |θₜ − θ₀|.
///
/// It grows as the logarithm of the number of updates at first, about alike for all batch sizes at rates that fit them
/// (Hoffer, Hubara & Soudry 2017, arXiv 1705.08741, §3). Needs nothing of the step but a pass over the parameters;
/// where the caller has not kept the initial ones, also a copy of those that are seen first. Measured is `distance`,
/// the last of the window.
public final class InitialDistance: StepQuantity {
  private let first = VectorCopy()
  /// The number of updates after which the copy was made; nil before there is one.
  private var beginning: Int?
  private var distance: Double?

  /// The quantity.
  public init() {}

  public var needs: StepNeeds { [] }

  public func observe<S: Scalar>(_ result: StepResult<S>) {
    let parameters = result.network.parameterVector
    if result.initialParameters == nil, beginning == nil, first.copy(parameters) {
      beginning = result.updatesBehindParameters
    }
    let own = first.elements(of: S.self)?.baseAddress.map { UnsafePointer($0) }
    guard let initial = result.initialParameters?.baseAddress ?? own, let start = parameters.baseAddress else { return }
    distance =
      S.kernelSquaredDistance(result.network.context.instructionSet, parameters.count, start, initial).squareRoot()
  }

  public func takeMeasurements() -> [Measurement] {
    defer { distance = nil }
    guard let distance else { return [] }
    let isLate = beginning.map { $0 > 0 } ?? false
    return [
      Measurement(
        name: "distance", value: distance, probes: 1,
        note: isLate ? "from the weights after \(beginning ?? 0) updates, the first that were seen" : nil)
    ]
  }

  /// The distance that is not yet told.
  public var state: [Double] {
    get { distance.flatMap { $0.isFinite ? [$0] : nil } ?? [] }
    set { distance = newValue.first }
  }
}
