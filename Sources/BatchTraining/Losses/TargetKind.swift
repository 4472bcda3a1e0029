import BatchAlgebra
import BatchData

/// How a loss reads the targets of a data set.
enum TargetKind: Sendable {
  /// Class numbers.
  case classes
  /// Class numbers written as rows of zeros and a one, or as 0 and 1 for a single output.
  case classesAsValues
  /// Values.
  case values

  var needsValues: Bool { self != .classes }

  /// Checks that loss, data and outputs fit.
  ///
  /// - Throws: ``ModelError/mismatch(_:)`` that says what does not fit and what would.
  init(loss: Loss, dataset: Dataset, outputs: Int) throws(ModelError) {
    switch dataset.targets {
    case .classes(_, let names):
      let single = outputs == 1 && names.count == 2 && loss != .softmaxCrossEntropy
      guard outputs == names.count || single else {
        throw .mismatch(
          "the network has \(outputs) outputs and the data \(names.count) classes; give it an output for each class"
            + (names.count == 2 ? ", or a single one with binary cross-entropy" : ""))
      }
      self = loss.needsValues ? .classesAsValues : .classes
    case .values(let values):
      guard loss != .softmaxCrossEntropy else {
        throw .mismatch("softmax cross-entropy needs classes, and the data has values; use mean-squared-error")
      }
      guard outputs == values.columns else {
        throw .mismatch("the network has \(outputs) outputs and the data \(values.columns) target values an example")
      }
      if loss == .binaryCrossEntropy, let value = values.elements.first(where: { !(0...1).contains($0) }) {
        throw .mismatch(
          "binary cross-entropy needs targets between 0 and 1, and the data has \(value); use mean-squared-error")
      }
      self = .values
    }
  }
}
