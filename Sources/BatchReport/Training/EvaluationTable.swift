public import BatchAlgebra
public import BatchData
public import BatchTraining

/// How good a network is over a set of examples: in all, and for each class.
public enum EvaluationTable {
  /// A row for all examples and, where targets are classes, a row a class: how many there are, how many of them are found
  /// (recall), and how many of those that were taken for the class are of it (precision).
  public static func table(_ result: LossResult, predictions: Matrix<Float>, examples: Dataset) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("class", "class"), TextTable.Column("examples", "examples"), TextTable.Column("loss", "loss"),
      TextTable.Column("accuracy", "accuracy"), TextTable.Column("recall", "recall"),
      TextTable.Column("precision", "precision"),
    ])
    func percent(_ value: Double) -> String { NumberFormat.percent(value) }
    table.append([
      .text("all"), .integer(result.examples), .number(result.mean) { NumberFormat.significant($0, digits: 3) },
      .number(result.accuracy, percent), .number(nil, percent), .number(nil, percent),
    ])
    guard case .classes(let labels, let names) = examples.targets, predictions.columns == names.count else {
      return table
    }
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
}
