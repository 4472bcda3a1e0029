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
