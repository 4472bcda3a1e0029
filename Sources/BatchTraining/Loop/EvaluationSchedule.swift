/// When a training run is evaluated: before the first update, after every epoch, and after 8, 16, 32, … updates.
///
/// Epochs alone would leave runs with different batch sizes without common ground: at 32 examples an update, one epoch
/// of 55 000 is 1 719 updates, more than ten epochs at 1 024. Doubling update counts are shared by all.
public struct EvaluationSchedule: Sendable, Hashable {
  /// The number of updates in an epoch.
  public let updatesPerEpoch: Int

  /// The first of the doubling update counts.
  public static var firstDoubling: Int { 8 }

  /// The schedule of a run with so many updates in an epoch.
  public init(updatesPerEpoch: Int) { self.updatesPerEpoch = updatesPerEpoch }

  /// Whether the run is evaluated after `update` updates.
  public func contains(_ update: Int) -> Bool {
    update % updatesPerEpoch == 0 || (update >= Self.firstDoubling && update & (update - 1) == 0)
  }
}
