public import BatchData
public import BatchTraining

/// The evaluations of a training run.
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
        .number(record.epoch) { record.endsEpoch ? NumberFormat.whole($0) : short($0) }, .integer(record.update),
        .number(record.seconds, NumberFormat.duration),
        .number(record.trainingLoss, short), .number(record.trainingAccuracy) { NumberFormat.percent($0) },
        .number(record.validationLoss, short), .number(record.validationAccuracy) { NumberFormat.percent($0) },
        .number(record.distance, short), .number(record.gradientNorm, short),
        .number(record.learningRate, short),
        .number(record.batchSize.map(Double.init), NumberFormat.whole),
      ])
    }
    return table
  }
}

/// How good a network is over a set of examples: in all, and for each class.
public enum EvaluationTable {
  /// A row for all examples and, where targets are classes, a row a class: how many there are, how many of them are
  /// found (recall), and how many of those that were taken for the class are of it (precision).
  ///
  /// `classes` are those that the examples are taken for; one that is taken for none is not found.
  public static func table(_ result: LossResult, classes: [Int?], examples: Dataset) -> TextTable {
    guard case .classes(let labels, let names) = examples.targets else { return table(ofValues: result) }
    var table = TextTable(columns: [
      TextTable.Column("class", "class"), TextTable.Column("examples", "examples"), TextTable.Column("loss", "loss"),
      TextTable.Column("accuracy", "accuracy"), TextTable.Column("recall", "recall"),
      TextTable.Column("precision", "precision"),
    ])
    func percent(_ value: Double) -> String { NumberFormat.percent(value) }
    table.append([
      .text("all"), .integer(result.examples), .number(result.mean, loss), .number(result.accuracy, percent),
      .number(nil, percent), .number(nil, percent),
    ])
    for (index, name) in names.enumerated() {
      let actual = labels.indices.filter { labels[$0] == Int32(index) }
      let taken = classes.count { $0 == index }
      let right = actual.count { classes[$0] == index }
      table.append([
        .text(name), .integer(actual.count), .number(nil, percent), .number(nil, percent),
        .number(actual.isEmpty ? nil : Double(right) / Double(actual.count), percent),
        .number(taken == 0 ? nil : Double(right) / Double(taken), percent),
      ])
    }
    return table
  }

  /// Values are right or wrong by degrees: their loss is all there is to tell.
  private static func table(ofValues result: LossResult) -> TextTable {
    var table = TextTable(columns: [TextTable.Column("examples", "examples"), TextTable.Column("loss", "loss")])
    table.append([.integer(result.examples), .number(result.mean, loss)])
    return table
  }

  private static func loss(_ value: Double) -> String { NumberFormat.significant(value, digits: 3) }
}

/// Where the time of a run's steps went, by phase.
public enum PhaseTable {
  /// A row a phase: its time in a step and its share.
  public static func table(_ times: StepPhaseTimes, updates: Int) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("phase", "phase"), TextTable.Column("seconds_per_step", "a step"),
      TextTable.Column("share", "share"),
    ])
    let total = times.totalSeconds
    for phase in StepPhase.allCases where times.seconds(in: phase) > 0 {
      let seconds = times.seconds(in: phase)
      table.append([
        .text(phase.rawValue), .number(seconds / Double(max(1, updates)), NumberFormat.duration),
        .number(seconds / total) { NumberFormat.percent($0) },
      ])
    }
    table.append([
      .text("all"), .number(total / Double(max(1, updates)), NumberFormat.duration),
      .number(1) { NumberFormat.percent($0) },
    ])
    return table
  }
}
