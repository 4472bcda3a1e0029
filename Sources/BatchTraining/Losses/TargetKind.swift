import BatchAlgebra
import BatchData
import BatchFoundation

/// How a loss reads the targets of examples.
enum TargetKind: Sendable {
  /// Class numbers.
  case classes
  /// Class numbers written as rows of zeros and a one, or as 0 and 1 for a single output.
  case classesAsValues
  /// Values.
  case values

  /// Whether targets need memory as values.
  var needsValues: Bool { self != .classes }

  /// Checks that loss, examples and outputs fit.
  ///
  /// - Throws: ``ModelError/mismatch(_:)`` that says what does not fit and what would.
  init(loss: any Loss, format: ExampleFormat, outputs: Int) throws(ModelError) {
    switch format.targets {
    case .classes(let names):
      let single = outputs == 1 && names.count == 2 && !loss.readsClasses
      guard outputs == names.count || single else {
        throw .mismatch(
          "the network has \(outputs) outputs and the data \(names.count) classes; give it an output for each class"
            + (names.count == 2 ? ", or a single one with binary cross-entropy" : ""))
      }
      self = loss.readsClasses ? .classes : .classesAsValues
    case .values(let count):
      guard !loss.readsClasses else {
        throw .mismatch("\(loss) needs classes, and the data has values; use mean-squared-error")
      }
      guard outputs == count else {
        throw .mismatch("the network has \(outputs) outputs and the data \(count) target values an example")
      }
      self = .values
    }
  }

  /// The same for a data set, whose values are looked at as well.
  init(loss: any Loss, dataset: Dataset, outputs: Int) throws(ModelError) {
    try self.init(loss: loss, format: dataset.format, outputs: outputs)
    guard case .values(let values) = dataset.targets, let range = loss.targetRange else { return }
    if let value = values.elements.first(where: { !range.contains(Double($0)) }) {
      throw .mismatch(
        "\(loss) needs targets between \(SettingNumber.plain(range.lowerBound)) and "
          + "\(SettingNumber.plain(range.upperBound)), and the data has \(value); use "
          + "mean-squared-error")
    }
  }
}

extension TargetKind {
  /// Writes classes as values where the loss reads them so: one row a class, or for a single output the class number
  /// itself, 0 or 1.
  func writeValues<S: Scalar>(
    of labels: UnsafePointer<Int32>, count: Int, outputs: Int, into values: UnsafeMutablePointer<S>
  ) {
    guard self == .classesAsValues else { return }
    for i in 0..<count {
      let row = values + i * outputs
      if outputs == 1 {
        row[0] = S(labels[i])
      } else {
        row.update(repeating: 0, count: outputs)
        row[Int(labels[i])] = 1
      }
    }
  }
}
