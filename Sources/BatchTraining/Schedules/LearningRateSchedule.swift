/// How the learning rate changes during training: the rate of an update is the base rate times a factor.
///
/// A schedule is a value without state. It knows positions in examples, epochs and shares of the training, and no
/// number of updates, so a change of the batch size does not change what it means. A plan takes any value:
///
/// ```swift
/// struct InverseRoot: LearningRateSchedule {
///   func factor(at position: TrainingPosition) -> Double { 1 / (1 + position.epoch).squareRoot() }
///   var description: String { "inverse-root" }
/// }
/// let plan = TrainingPlan(batchSize: 64, epochs: 5, seed: 1, schedule: InverseRoot())
/// ```
///
/// Its description is its text form: what files keep, and what a run that is resumed is compared by. Let it begin with a
/// name of its own and tell every setting.
public protocol LearningRateSchedule: Sendable, CustomStringConvertible {
  /// What the base rate is multiplied by for the update at a position.
  func factor(at position: TrainingPosition) -> Double
  /// Whether it begins with a warm-up of its own, so that a recipe must not add another; false unless told otherwise.
  var warmsUp: Bool { get }
}

extension LearningRateSchedule {
  public var warmsUp: Bool { false }
}

/// The base rate throughout; `constant` as text.
public struct ConstantSchedule: LearningRateSchedule, Hashable {
  /// The schedule that changes nothing.
  public init() {}

  public func factor(at position: TrainingPosition) -> Double { 1 }

  public var description: String { "constant" }
}

extension LearningRateSchedule where Self == ConstantSchedule {
  /// The rate as it is.
  public static var constant: ConstantSchedule { ConstantSchedule() }
}
