public import BatchAlgebra
public import BatchData
import BatchTraining

/// A network's predictions as a file.
public struct PredictionFile: Sendable {
  /// The formats.
  public enum Kind: String, Sendable, CaseIterable {
    /// A line an example: number, label, target where it is known, and the probability of each class.
    case csv
    /// The probabilities, [examples, classes].
    case npy
    /// The arrays `probabilities` and, for classes, `labels`.
    case npz

    /// The format of a file by the end of its name; nil for none of them.
    public init?(path: String) {
      guard let ending = path.split(separator: ".").last, let kind = Kind(rawValue: String(ending)) else { return nil }
      self = kind
    }
  }

  private let predictions: Matrix<Float>
  private let classNames: [String]?
  private let targets: Targets?

  /// Predictions, [examples, outputs]; the names of the classes where outputs are probabilities, and the targets where
  /// they are known.
  public init(_ predictions: Matrix<Float>, classNames: [String]?, targets: Targets?) {
    self.predictions = predictions
    self.classNames = classNames
    self.targets = targets
  }

  private var labels: [Int]? { classNames == nil ? nil : ClassPrediction.labels(predictions) }

  /// The predictions as CSV with a line of names.
  public var csv: String {
    let labels = labels
    let outputs = classNames.map { $0.count == predictions.columns ? $0 : [$0[$0.count - 1]] }
    let columns = outputs ?? (0..<predictions.columns).map { "output \($0)" }
    var text = CSVLine.text(
      ["example"] + (labels == nil ? [] : ["label"]) + (knownLabels == nil ? [] : ["target"]) + columns)
    for row in 0..<predictions.rows {
      var fields = ["\(row)"]
      if let labels { fields.append(name(labels[row])) }
      if let knownLabels { fields.append(name(Int(knownLabels[row]))) }
      text += CSVLine.text(fields + (0..<predictions.columns).map { "\(predictions[row, $0])" })
    }
    return text
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
      var arrays = [("probabilities", probabilities)]
      if let labels { arrays.append(("labels", StoredArray(shape: [labels.count], labels.map(Int64.init)))) }
      return try NPZ.encode(arrays)
    }
  }
}
