public import BatchAlgebra

/// A quantity that needs a number of updates in a row for one observation, as what is compared between two.
///
/// A checkpoint does not keep an observation that has begun: a resumed run has one fewer.
public protocol SpanningQuantity: StepQuantity {
  /// Whether an observation has begun, and wants to see the next update.
  var awaitsNext: Bool { get }
}

/// A quantity that observes only what a schedule chooses; other updates cost what they cost without it.
///
/// Where the quantity is a ``SpanningQuantity``, updates are observed beyond the chosen ones until it has what it
/// began.
public struct Scheduled<Quantity: StepQuantity>: StepQuantity {
  /// The quantity.
  public private(set) var quantity: Quantity
  /// When it observes.
  public let schedule: ObservationSchedule
  /// The part of the training that was observed last; see ``ObservationSchedule/part(at:update:)``.
  private var lastPart = -1
  /// The number of updates that are observed after the last one.
  private var left = 0

  /// A quantity that observes on a schedule.
  public init(_ quantity: Quantity, on schedule: ObservationSchedule) {
    self.quantity = quantity
    self.schedule = schedule
  }

  public var needs: StepNeeds { quantity.needs }

  public func needs(at position: TrainingPosition, update: Int) -> StepNeeds? {
    guard left > 0 || schedule.part(at: position, update: update) > lastPart else { return nil }
    return quantity.needs(at: position, update: update)
  }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    let part = schedule.part(at: result.position, update: result.update)
    if part > lastPart { (lastPart, left) = (part, schedule.inARow) }
    quantity.observe(result)
    left -= 1
    if left <= 0 { left = (quantity as? any SpanningQuantity)?.awaitsNext == true ? 1 : 0 }
  }

  public var name: String { quantity.name }

  public var leastProbes: Int { quantity.leastProbes }

  public mutating func takeMeasurements() -> [Measurement] { quantity.takeMeasurements() }

  public var state: [Double] {
    get { [Double(lastPart), Double(left)] + quantity.state }
    set {
      guard newValue.count >= 2, let part = Int(exactly: newValue[0]), let rest = Int(exactly: newValue[1]) else {
        return
      }
      (lastPart, left) = (part, rest)
      quantity.state = Array(newValue.dropFirst(2))
    }
  }
}
