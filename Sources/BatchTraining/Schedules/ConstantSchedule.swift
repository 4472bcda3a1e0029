/// The base rate throughout; `constant` as text.
public struct ConstantSchedule: LearningRateSchedule, Hashable {
  /// The schedule that changes nothing.
  public init() {}

  public func factor(at position: TrainingPosition) -> Double { 1 }

  public var description: String { "constant" }
}
