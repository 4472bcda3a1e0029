public import BatchData

/// Tables on data sets.
public enum DataTables {
  /// A row for each data set that can be asked for by name.
  public static func list(_ entries: [DataCatalogueEntry]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("name", "name", isNumeric: false), TextTable.Column("summary", "what it is", isNumeric: false),
      TextTable.Column("location", "where", isNumeric: false), TextTable.Column("present", "there", isNumeric: false),
    ])
    for entry in entries {
      table.append([
        .text(entry.name), .text(entry.summary), .text(entry.location ?? "made from a seed"),
        .text(entry.isPresent ? "yes" : "no"),
      ])
    }
    return table
  }

  /// What is in a data set: its parts, and its classes where it has any.
  public static func content(_ splits: DataSplits) -> TableGroup {
    var group = TableGroup()
    group.append("parts", parts(splits))
    if let classes = classes(splits) { group.append("classes", classes) }
    return group
  }

  /// A row for each part of a data set.
  public static func parts(_ splits: DataSplits) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("part", "part", isNumeric: false), TextTable.Column("examples", "examples"),
      TextTable.Column("shape", "shape"), TextTable.Column("minimum", "min"), TextTable.Column("maximum", "max"),
      TextTable.Column("mean", "mean"), TextTable.Column("deviation", "deviation"),
    ])
    for (name, part) in [("training", splits.train), ("validation", splits.validation), ("test", splits.test)] {
      let summary = DatasetSummary(part)
      func short(_ value: Double) -> String { NumberFormat.fixed(value, decimals: 3) }
      table.append([
        .text(name), .integer(summary.count), .text(summary.exampleShape.map(String.init).joined(separator: "×")),
        .number(Double(summary.features.minimum), short), .number(Double(summary.features.maximum), short),
        .number(summary.features.mean, short), .number(summary.features.deviation, short),
      ])
    }
    return table
  }

  /// A row for each class; nil where targets are values.
  public static func classes(_ splits: DataSplits) -> TextTable? {
    let parts = [splits.train, splits.validation, splits.test].map { DatasetSummary($0).classes }
    guard !parts[0].isEmpty else { return nil }
    var table = TextTable(columns: [
      TextTable.Column("class", "class", isNumeric: false), TextTable.Column("training", "training"),
      TextTable.Column("validation", "validation"), TextTable.Column("test", "test"),
    ])
    for index in parts[0].indices {
      table.append([.text(parts[0][index].name)] + parts.map { .integer($0[index].count) })
    }
    return table
  }
}
