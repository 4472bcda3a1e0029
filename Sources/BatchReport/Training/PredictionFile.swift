public import BatchAlgebra
public import BatchData
public import BatchFormats
public import BatchTraining

/// A network's predictions as a file.
public struct PredictionFile: Sendable {
  /// The formats.
  public enum Kind: String, Sendable, CaseIterable {
    /// A line an example: number, label, target where it is known, and the probability of each class; for values the
    /// targets where they are known, and the outputs. An example that is taken for no class has an empty label.
    case csv
    /// The probabilities, [examples, classes], or the outputs.
    case npy
    /// For classes the arrays `probabilities` and `labels`, −1 for no class; for values `outputs`.
    case npz

    /// The format of a file by the ending of its name, in upper or lower case; nil for none of them.
    public init?(path: String) {
      guard let ending = FileEnding.of(path), let kind = Kind(rawValue: ending) else { return nil }
      self = kind
    }
  }

  private let predictions: Matrix<Float>
  private let labels: [Int?]?
  private let classNames: [String]?
  private let targets: Targets?

  /// Predictions, [examples, outputs]; the names of the classes where outputs are probabilities, and the targets where
  /// they are known.
  public init(_ predictions: LabelledPredictions<Float>, classNames: [String]?, targets: Targets?) {
    self.predictions = predictions.predictions
    labels = classNames == nil ? nil : predictions.classes
    self.classNames = classNames
    self.targets = targets
  }

  /// The predictions as CSV with a line of names.
  public var csv: String {
    let (known, values) = (knownLabels, knownValues)
    let outputs = classNames.map { $0.count == predictions.columns ? $0 : [$0[$0.count - 1]] }
    var text = CSVLine.text(
      ["example"] + (labels == nil ? [] : ["label"]) + (known == nil ? [] : ["target"])
        + numbered("target", values?.columns ?? 0) + (outputs ?? numbered("output", predictions.columns)))
    for row in 0..<predictions.rows {
      var fields = ["\(row)"]
      if let labels { fields.append(labels[row].map(name) ?? "") }
      if let known { fields.append(name(Int(known[row]))) }
      if let values { fields += (0..<values.columns).map { "\(values[row, $0])" } }
      text += CSVLine.text(fields + (0..<predictions.columns).map { "\(predictions[row, $0])" })
    }
    return text
  }

  /// `output`, or where there are several `output 0`, `output 1`, ….
  private func numbered(_ name: String, _ count: Int) -> [String] {
    count == 1 ? [name] : (0..<count).map { "\(name) \($0)" }
  }

  private var knownValues: Matrix<Float>? {
    guard case .values(let values)? = targets else { return nil }
    return values
  }

  private var knownLabels: [Int32]? {
    guard case .classes(let labels, _)? = targets else { return nil }
    return labels
  }

  private func name(_ label: Int) -> String { classNames?[label] ?? "\(label)" }

  /// The bytes of a file.
  ///
  /// - Throws: `DataError` for arrays that are too large for the format.
  public func bytes(_ kind: Kind) throws(DataError) -> [UInt8] {
    let probabilities = StoredArray(shape: [predictions.rows, predictions.columns], predictions.elements)
    switch kind {
    case .csv: return Array(csv.utf8)
    case .npy: return try NPY.encode(probabilities)
    case .npz:
      var arrays = [(classNames == nil ? "outputs" : "probabilities", probabilities)]
      if let labels { arrays.append(("labels", StoredArray(shape: [labels.count], labels.map { Int64($0 ?? -1) }))) }
      return try NPZ.encode(arrays)
    }
  }
}
