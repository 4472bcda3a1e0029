/// What is said of a file of one's own where what is found out by itself is not what is meant.
public struct ReadingSettings: Sendable, Hashable, Codable {
  /// A table's label column, by name or number; nil for the last.
  public var label: String?
  /// Whether a table's first line names its columns.
  public var header: CSVTable.Header
  /// What stands between the cells of a table.
  public var separator: CSVTable.Separator
  /// Whether classes or values are to be predicted, in tables and NumPy's arrays.
  public var task: PredictionTask

  /// Settings; what is left out is found out from the file.
  public init(
    label: String? = nil, header: CSVTable.Header = .detect, separator: CSVTable.Separator = .detect,
    task: PredictionTask = .detect
  ) {
    self.label = label
    self.header = header
    self.separator = separator
    self.task = task
  }

  /// The settings that are not left to be found out, in words.
  var words: [String] {
    var words: [String] = []
    if let label { words.append("label \(label)") }
    if header != .detect { words.append("header \(header.rawValue)") }
    if separator != .detect { words.append("separator \(separator.rawValue)") }
    if task != .detect { words.append("task \(task.rawValue)") }
    return words
  }
}

/// What is to be predicted of an example.
public enum PredictionTask: String, Sendable, CaseIterable, Codable {
  /// What the labels look like: text is classes, and so are a few different whole numbers; other numbers are values.
  case detect = "auto"
  /// One class of several; whole numbers are classes however many there are.
  case classes
  /// Numbers.
  case values
}
