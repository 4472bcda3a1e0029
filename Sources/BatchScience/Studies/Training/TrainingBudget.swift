/// What two runs may have had the same amount of when they are compared.
///
/// Contradictions between statements on batch size mostly come from mixing these: at the same number of epochs a small
/// batch has made more updates; at the same number of updates a large one has seen more examples.
public enum TrainingBudget: String, Sendable, Hashable, CaseIterable {
  /// Passes over the training part.
  case epochs
  /// Updates of the parameters.
  case updates
  /// Seconds of training.
  case seconds
}
