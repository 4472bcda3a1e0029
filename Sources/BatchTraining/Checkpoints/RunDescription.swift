public import BatchData
public import BatchFormats
import BatchFoundation

/// What a run was trained on and what its network is, so that a checkpoint can be evaluated without being told again.
public struct RunDescription: Sendable, Equatable, Codable {
  /// The model, as the tool's `--model` names it.
  public var model: String
  /// The shape of one example.
  public var inputShape: [Int]
  /// The number of outputs.
  public var outputs: Int
  /// The loss.
  @NamedLoss public var loss: any Loss
  /// The data, as the tool's `--data` names it.
  public var data: String
  /// The folder of the data; nil for its usual place.
  public var dataDirectory: String?
  /// A table's label column; nil for the last.
  public var label: String?
  /// Whether a table's first line names its columns; nil where that is found out.
  public var header: CSVTable.Header?
  /// What stands between the cells of a table; nil where that is found out.
  public var separator: CSVTable.Separator?
  /// Whether classes or values are predicted; nil where that is found out.
  public var task: PredictionTask?
  /// The number of validation examples that was asked for; nil for the usual share.
  public var validation: Int?
  /// The seed of the split.
  public var dataSeed: UInt64
  /// The names of the classes; nil where targets are values.
  public var classNames: [String]?
  /// What the numbers of the files were divided by before they were standardised: 255 for bytes; nil where they were taken
  /// as they are.
  public var inputDivisor: Float?
  /// What was done to the features.
  public var standardisation: Standardisation

  /// A description with all of its parts.
  public init(
    model: String, splits: DataSplits, loss: any Loss, data: String, dataDirectory: String? = nil,
    reading: ReadingSettings = ReadingSettings(), validation: Int? = nil, dataSeed: UInt64
  ) {
    self.model = model
    inputShape = splits.train.exampleShape
    outputs = splits.train.targets.outputCount
    self.loss = loss
    self.data = data
    self.dataDirectory = dataDirectory
    label = reading.label
    header = reading.header == .detect ? nil : reading.header
    separator = reading.separator == .detect ? nil : reading.separator
    task = reading.task == .detect ? nil : reading.task
    self.validation = validation
    self.dataSeed = dataSeed
    if case .classes(_, let names) = splits.train.targets { classNames = names }
    inputDivisor = splits.train.divisor == 1 ? nil : splits.train.divisor
    standardisation = splits.standardisation
  }

  /// The key under which a checkpoint's metadata hold it.
  public static var metadataKey: String { "run" }

  /// The description as a checkpoint's metadata hold it.
  public var metadata: [String: String] {
    [Self.metadataKey: RecordJSON.text(self)]
  }

  /// The data that the run was trained on, cut into the same parts.
  ///
  /// - Throws: `DataError` when they cannot be read.
  public func load() throws(DataError) -> DataSplits {
    try source().load(validation: validation, seed: dataSeed)
  }

  /// Where the data come from.
  func source() throws(DataError) -> DataSource {
    try DataSource(
      parsing: data, directory: dataDirectory,
      reading: ReadingSettings(
        label: label, header: header ?? .detect, separator: separator ?? .detect, task: task ?? .detect))
  }
}

extension Checkpoint {
  /// What was trained; nil where whoever saved the checkpoint did not say.
  ///
  /// - Throws: ``CheckpointError/foreign(path:reason:)`` for a description that is not understood.
  public func run() throws(CheckpointError) -> RunDescription? {
    guard let text = metadata[RunDescription.metadataKey] else { return nil }
    let run = try Self.decoding(path) { () throws(FileError) in
      try RecordJSON.decode(RunDescription.self, from: text.utf8, path: path)
    }
    let features = ElementType.uint8.byteCount(ofShape: run.inputShape)
    guard run.inputShape == record.inputShape, let features, run.standardisation.fits(featureCount: features) else {
      throw .foreign(path: path, reason: "its examples are not of the shape \(record.inputShape) that its layers take")
    }
    if let divisor = run.inputDivisor, !(divisor.isFinite && divisor > 0) {
      throw .foreign(path: path, reason: "its features cannot have been divided by \(divisor)")
    }
    return run
  }
}
