public import BatchAlgebra
public import BatchData
public import BatchTraining

/// How good a network is over a set of examples: in all, and for each class.
public enum EvaluationTable {
  /// A row for all examples and, where targets are classes, a row a class: how many there are, how many of them are found
  /// (recall), and how many of those that were taken for the class are of it (precision).
  ///
  /// `predictions` are probabilities of the classes, [examples, classes], or of the second of two, [examples, 1].
  public static func table(_ result: LossResult, predictions: Matrix<Float>, examples: Dataset) -> TextTable {
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
    let predicted = ClassPrediction.labels(predictions)
    for (index, name) in names.enumerated() {
      let actual = labels.indices.filter { labels[$0] == Int32(index) }
      let taken = predicted.indices.filter { predicted[$0] == index }
      let right = actual.count { predicted[$0] == index }
      table.append([
        .text(name), .integer(actual.count), .number(nil, percent), .number(nil, percent),
        .number(actual.isEmpty ? nil : Double(right) / Double(actual.count), percent),
        .number(taken.isEmpty ? nil : Double(right) / Double(taken.count), percent),
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
