/// How the learning rate changes during training: the rate of an update is the base rate times a factor.
///
/// A schedule is a value without state. It knows positions in examples, epochs and shares of the training, and no
/// number of updates, so a change of the batch size does not change what it means.
public protocol LearningRateSchedule: Sendable, CustomStringConvertible {
  /// What the base rate is multiplied by for the update at a position.
  func factor(at position: TrainingPosition) -> Double
}
