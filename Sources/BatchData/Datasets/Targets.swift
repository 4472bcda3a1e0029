public import BatchAlgebra
import BatchFormats

/// What a network should answer, one answer an example.
public enum Targets: Sendable, Equatable {
  /// One class an example: `labels[i]` indexes `names`.
  case classes(labels: [Int32], names: [String])
  /// One row of numbers an example, for regression.
  case values(Matrix<Float>)

  /// The number of targets.
  public var count: Int {
    switch self {
    case .classes(let labels, _): labels.count
    case .values(let matrix): matrix.rows
    }
  }

  /// The number of classes; nil for regression.
  public var classCount: Int? {
    switch self {
    case .classes(_, let names): names.count
    case .values: nil
    }
  }

  /// The number of outputs a network needs: one a class, or one a column of values.
  public var outputCount: Int {
    switch self {
    case .classes(_, let names): names.count
    case .values(let matrix): matrix.columns
    }
  }

  /// Checks labels against the classes, and values for infinities and NaN.
  func validate(for name: String) throws(DataError) {
    switch self {
    case .classes(let labels, let names):
      if let row = labels.firstIndex(where: { $0 < 0 || $0 >= names.count }) {
        throw DataError(
          .inconsistent, "\(name): label \(labels[row]) of example \(row) lies outside 0…\(names.count - 1)",
          hint: "correct the label, or name all classes")
      }
    case .values(let matrix):
      if let position = matrix.withView({ firstNonFinite(in: $0) }) {
        throw DataError(
          .malformed,
          "\(name): target \(position.column) of example \(position.row) is \(matrix[position.row, position.column])",
          hint: "replace it by a number, or leave the example out")
      }
    }
  }

  /// The targets in the given rows.
  func subset(_ indices: UnsafeBufferPointer<Int32>, for name: String) throws(DataError) -> Targets {
    switch self {
    case .classes(let labels, let names):
      return .classes(labels: indices.map { labels[Int($0)] }, names: names)
    case .values(let matrix):
      return .values(try copyRows(indices, of: matrix, for: name))
    }
  }
}
