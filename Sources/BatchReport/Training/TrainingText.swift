public import BatchTraining

/// How a training run and its outcome are told.
public enum TrainingText {
  /// `accuracy 88.9 %, loss 0.312`.
  public static func sentence(_ result: LossResult) -> String { sentence(loss: result.mean, accuracy: result.accuracy) }

  static func sentence(loss: Double, accuracy: Double?) -> String {
    (accuracy.map { "accuracy \(NumberFormat.percent($0)), " } ?? "")
      + "loss \(NumberFormat.significant(loss, digits: 3))"
  }

  /// `Stopped early after update 1 452: for 2 epochs no validation loss was below 0.0702, that of update 1 364.`, and
  /// which weights it ends with; nil for a run without early stopping.
  public static func earlyStop(_ progress: TrainingProgress) -> String? {
    guard let state = progress.best else { return nil }
    let stopped = "Stopped early after update \(NumberFormat.grouped(progress.update))"
    guard let rule = state.rule as? EarlyStopping else { return "\(stopped), by the rule \(state.rule)." }
    guard let best = state.best, let value = rule.metric.value(in: best) else {
      return "\(stopped): no evaluation gave a number."
    }
    let update = NumberFormat.grouped(best.update)
    let limit =
      switch rule.metric {
      case .validationLoss: "validation loss was below \(NumberFormat.significant(value, digits: 3))"
      case .validationAccuracy: "validation accuracy was above \(NumberFormat.percent(value))"
      }
    let margin = rule.minimumImprovement
    return "\(stopped): for \(length(rule.patience)) no \(limit), that of update \(update)"
      + (margin > 0 ? ", by more than \(NumberFormat.significant(margin, digits: 3))" : "")
      + (rule.restoresBest ? ". The weights are those of update \(update)." : ".")
  }

  private static func length(_ patience: EarlyStopping.Patience) -> String {
    switch patience {
    case .epochs(let count): count == 1 ? "1 epoch" : "\(patience) epochs"
    case .evaluations(let count): NumberFormat.count(count, "evaluation")
    }
  }
}
