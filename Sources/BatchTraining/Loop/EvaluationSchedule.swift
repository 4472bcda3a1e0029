/// When a training run is evaluated: before the first update, after every epoch, and after 8, 16, 32, … updates.
///
/// Epochs alone would leave runs with different batch sizes without common ground: at 32 examples an update, one epoch
/// of 55 000 is 1 719 updates, more than ten epochs at 1 024. Doubling update counts are shared by all.
public enum EvaluationSchedule {
  /// The first of the doubling update counts.
  public static var firstDoubling: Int { 8 }

  /// Whether the run is evaluated after `update` updates, the last of which may end an epoch.
  public static func contains(_ update: Int, endsEpoch: Bool) -> Bool {
    endsEpoch || (update >= firstDoubling && update & (update - 1) == 0)
  }
}

/// The updates of a run whose gradient's norm goes into ``EvaluationRecord/gradientNorm``: the first after each
/// evaluation, and one in eight, or 64 an epoch where those are fewer.
///
/// The norm needs a gradient that is written out, where other updates are made while it is computed. So few samples
/// cost next to nothing, and yet no evaluation is without one.
enum GradientNormSamples {
  /// Whether the update after `update` others is one of them; `updatesPerEpoch` is the number at its batch size.
  static func contains(_ update: Int, beginsEpoch: Bool, updatesPerEpoch: Int) -> Bool {
    EvaluationSchedule.contains(update, endsEpoch: beginsEpoch) || update % max(8, updatesPerEpoch / 64) == 0
  }
}
