public import BatchScience
public import BatchTraining

/// The evaluations of a training run, and its outcome in words.
public enum TrainingTable {
  /// A row for each evaluation.
  public static func table(_ records: [EvaluationRecord]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("epoch", "epoch"), TextTable.Column("update", "update"), TextTable.Column("seconds", "time"),
      TextTable.Column("training_loss", "training loss"), TextTable.Column("training_accuracy", "training accuracy"),
      TextTable.Column("validation_loss", "validation loss"),
      TextTable.Column("validation_accuracy", "validation accuracy"), TextTable.Column("distance", "distance"),
      TextTable.Column("gradient_norm", "gradient norm"),
      TextTable.Column("learning_rate", "rate"), TextTable.Column("batch", "batch"),
    ])
    func short(_ value: Double) -> String { NumberFormat.significant(value, digits: 3) }
    for record in records {
      table.append([
        .number(record.epoch) { record.endsEpoch ? NumberFormat.grouped(Int($0)) : short($0) }, .integer(record.update),
        .number(record.seconds, NumberFormat.duration),
        .number(record.trainingLoss, short), .number(record.trainingAccuracy) { NumberFormat.percent($0) },
        .number(record.validationLoss, short), .number(record.validationAccuracy) { NumberFormat.percent($0) },
        .number(record.distance, short), .number(record.gradientNorm, short),
        .number(record.learningRate, short),
        .number(record.batchSize.map(Double.init)) { NumberFormat.grouped(Int($0)) },
      ])
    }
    return table
  }

  /// `accuracy 88.9 %, loss 0.312`.
  public static func sentence(_ result: LossResult) -> String { sentence(loss: result.mean, accuracy: result.accuracy) }

  /// `test accuracy 88.9 %, test loss 0.312`, or where the run diverged.
  public static func sentence(_ end: TrialEnd) -> String {
    if let update = end.divergedAtUpdate { return "diverged at update \(NumberFormat.grouped(update))" }
    return "on the test part " + sentence(loss: end.testLoss ?? .nan, accuracy: end.testAccuracy)
  }

  private static func sentence(loss: Double, accuracy: Double?) -> String {
    (accuracy.map { "accuracy \(NumberFormat.percent($0)), " } ?? "")
      + "loss \(NumberFormat.significant(loss, digits: 3))"
  }
}
