public import BatchData
public import BatchTraining

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
