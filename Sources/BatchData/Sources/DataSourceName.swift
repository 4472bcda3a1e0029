public import BatchFormats
import Glibc

extension DataSource {
  /// The source that a name stands for.
  ///
  /// - `fashion-mnist`, `mnist`: the IDX files in `directory`; without one, Fashion-MNIST where Debian installs it.
  /// - `dots`, `spirals`, `teacher`, with options behind a colon: `dots:examples=500,distance=3`.
  /// - a path that ends in `.csv` or `.tsv`, also with `.gz` behind it, below `directory` when it is relative.
  /// - a path that ends in `.npz`, below `directory` when it is relative.
  /// - a folder with IDX files.
  ///
  /// - Parameters:
  ///   - name: The name, as above.
  ///   - directory: Where the files are.
  ///   - settings: How files of one's own are read.
  /// - Throws: `DataError` that lists what there is, for a name or an option that does not exist, and for a setting that
  ///   the source does not have.
  public init(
    parsing name: String, directory: String? = nil, reading settings: ReadingSettings = ReadingSettings()
  ) throws(DataError) {
    try self.init(name, directory, settings)
    try requireMeant(settings)
  }

  /// The source that a name stands for, with the label column of a table by name or number; nil for the last.
  ///
  /// - Throws: `DataError`, as for ``init(parsing:directory:reading:)``.
  public init(parsing name: String, directory: String? = nil, label: String?) throws(DataError) {
    try self.init(parsing: name, directory: directory, reading: ReadingSettings(label: label))
  }

  /// Refuses settings that change nothing.
  private func requireMeant(_ settings: ReadingSettings) throws(DataError) {
    var rest = settings
    switch self {
    case .csv: return
    case .npz: rest.task = .detect
    case .fashionMNIST, .dots, .spirals, .teacher: break
    }
    guard let word = rest.words.first else { return }
    throw DataError(
      .invalidArgument, "\(self) is no table, and '\(word)' says how one is read", hint: "leave that out")
  }

  private init(_ name: String, _ directory: String?, _ settings: ReadingSettings) throws(DataError) {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch parts[0] {
    case "fashion-mnist" where parts.count == 1: self = .fashionMNIST(directory: directory)
    case "mnist" where parts.count == 1:
      guard let directory else {
        throw DataError(
          .invalidArgument, "mnist is looked for in no folder of its own", hint: "give the folder with its IDX files")
      }
      self = .fashionMNIST(directory: directory)
    case "dots":
      var options = try TaskOptions(parts)
      var task = Dots()
      try options.take("examples", into: &task.examples)
      try options.take("distance", into: &task.distance)
      try options.finish()
      self = .dots(task)
    case "spirals":
      var options = try TaskOptions(parts)
      var task = Spirals()
      try options.take("examples", into: &task.examples)
      try options.take("arms", into: &task.arms)
      try options.take("noise", into: &task.noise)
      try options.take("turns", into: &task.turns)
      try options.finish()
      self = .spirals(task)
    case "teacher":
      var options = try TaskOptions(parts)
      var task = Teacher()
      try options.take("examples", into: &task.examples)
      try options.take("features", into: &task.features)
      try options.take("width", into: &task.width)
      try options.take("classes", into: &task.classes)
      try options.take("noise", into: &task.labelNoise)
      try options.finish()
      self = .teacher(task)
    default: self = try Self.file(name, directory: directory, settings)
    }
  }

  private static func file(
    _ name: String, directory: String?, _ settings: ReadingSettings
  ) throws(DataError) -> DataSource {
    let isRelative = !name.hasPrefix("/")
    let path = directory.map { isRelative ? "\($0)/\(name)" : name } ?? name
    let plain = name.lowercased().hasSuffix(".gz") ? name.lowercased().dropLast(3) : name.lowercased()[...]
    if plain.hasSuffix(".csv") || plain.hasSuffix(".tsv") { return .csv(path: path, settings) }
    if name.lowercased().hasSuffix(".npz") { return .npz(path: path, task: settings.task) }
    var status = stat()
    if stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return .fashionMNIST(directory: name) }
    let known = catalogue().map(\.name).joined(separator: ", ")
    throw DataError(
      .unknownName, "there is no data set '\(name)'", hint: "choose one of \(known), or give a folder with IDX files")
  }
}

extension DataSource: CustomStringConvertible {
  /// The name with all options written out, such that two sources with the same one give the same data.
  public var description: String {
    switch self {
    case .fashionMNIST(let directory): directory.map { "fashion-mnist in \($0)" } ?? "fashion-mnist"
    case .csv(let path, let settings): ([path] + settings.words).joined(separator: ", ")
    case .npz(let path, let task): ([path] + ReadingSettings(task: task).words).joined(separator: ", ")
    case .dots(let task): "dots:examples=\(task.examples),distance=\(task.distance)"
    case .spirals(let task):
      "spirals:examples=\(task.examples),arms=\(task.arms),noise=\(task.noise),turns=\(task.turns)"
    case .teacher(let task):
      "teacher:examples=\(task.examples),features=\(task.features),width=\(task.width),classes=\(task.classes),"
        + "noise=\(task.labelNoise)"
    }
  }
}

/// The options behind the colon of a synthetic task's name, `key=value` each.
private struct TaskOptions {
  private let task: String
  private var values: [String: String] = [:]
  private var known: [String] = []

  init(_ parts: [String]) throws(DataError) {
    task = parts[0]
    guard parts.count == 2 else { return }
    for option in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, values[pair[0]] == nil else {
        throw DataError(
          .invalidArgument, "'\(option)' behind \(task): is no option, or there twice",
          hint: "write options as in dots:examples=500,distance=3")
      }
      values[pair[0]] = pair[1]
    }
  }

  mutating func take<Value: LosslessStringConvertible>(_ key: String, into value: inout Value) throws(DataError) {
    known.append(key)
    guard let text = values.removeValue(forKey: key) else { return }
    guard let parsed = Value(text) else {
      throw DataError(
        .invalidArgument, "\(task): \(key) cannot be '\(text)'",
        hint: Value.self == Int.self ? "give a whole number" : "give a number")
    }
    value = parsed
  }

  func finish() throws(DataError) {
    guard let unknown = values.keys.min() else { return }
    throw DataError(
      .unknownName, "\(task) has no option '\(unknown)'", hint: "its options are \(known.joined(separator: ", "))")
  }
}
