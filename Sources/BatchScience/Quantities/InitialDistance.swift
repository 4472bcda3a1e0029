public import BatchAlgebra
public import BatchTraining

/// How far the weights are from where they began: |θₜ − θ₀|.
///
/// It grows as the logarithm of the number of updates at first, about alike for all batch sizes at rates that fit them
/// (Hoffer, Hubara & Soudry 2017, arXiv 1705.08741, §3). Needs the gradient written out in the first update, a copy of the
/// parameters, which a checkpoint keeps as well, and a pass over them. Measured is `distance`, the last of the window.
public final class InitialDistance: StepQuantity {
  private let initial = VectorCopy()
  /// The initial parameters that a checkpoint has brought and that are not yet put in place.
  private var restored: [Double] = []
  /// The number of updates after which the copy was made; nil before there is one.
  private var beginning: Int?
  private var distance: Double?

  /// The quantity.
  public init() {}

  public var needs: StepNeeds { .gradient }

  /// The gradient in the first update alone: parameters are then seen before they are updated.
  public func needs(at position: TrainingPosition, update: Int) -> StepNeeds? { update == 1 ? .gradient : [] }

  public func observe<S: Scalar>(_ result: StepResult<S>) {
    let parameters = result.network.parameterVector
    if restored.count == parameters.count {
      restored.map { S($0) }.withUnsafeBufferPointer { _ = initial.copy($0) }
      restored = []
    } else if beginning == nil, initial.copy(parameters) {
      beginning = result.updatesBehindParameters
    }
    guard let initial = initial.elements(of: S.self), let start = parameters.baseAddress,
      let initialStart = initial.baseAddress
    else { return }
    distance =
      S.kernelSquaredDistance(
        result.network.context.instructionSet, parameters.count, start, UnsafePointer(initialStart)
      ).squareRoot()
  }

  public func takeMeasurements() -> [Measurement] {
    defer { distance = nil }
    guard let distance, let beginning else { return [] }
    return [
      Measurement(
        name: "distance", value: distance, probes: 1,
        note: beginning == 0 ? nil : "from the weights after \(beginning) updates, the first that were seen")
    ]
  }

  /// The distance that is not yet told, the number of updates behind the initial parameters, and these.
  public var state: [Double] {
    get {
      guard let beginning else { return [] }
      var state = StateWriter()
      state.write(distance.map { [$0] } ?? [])
      state.write(beginning)
      state.write(restored.isEmpty ? initial.numbers : restored)
      return state.numbers
    }
    set {
      var state = StateReader(newValue)
      guard let distance = state.values(), let beginning = state.integer(), let parameters = state.values() else {
        (self.distance, self.beginning, restored) = (nil, nil, [])
        return
      }
      (self.distance, self.beginning, restored) = (distance.first, beginning, parameters)
    }
  }
}
