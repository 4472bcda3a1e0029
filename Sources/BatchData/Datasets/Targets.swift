public import BatchAlgebra

/// What is to be predicted from examples.
public enum Targets: Sendable {
  /// One class out of several; a label is the index of its class's name.
  case classes(labels: [Int32], names: [String])
  /// Values, [examples, values].
  case values(Matrix<Float>)

  /// The number of examples.
  public var count: Int {
    switch self {
    case .classes(let labels, _): labels.count
    case .values(let values): values.rows
    }
  }

  func subset(_ indices: [Int32]) throws(DataError) -> Targets {
    switch self {
    case .classes(let labels, let names): .classes(labels: indices.map { labels[Int($0)] }, names: names)
    case .values(let values): .values(try values.gatheringRows(indices))
    }
  }

  func check(_ name: String) throws(DataError) {
    switch self {
    case .classes(let labels, let names):
      if let example = labels.firstIndex(where: { $0 < 0 || $0 >= names.count }) {
        throw .unusable(
          "\(name): the label of example \(example) is \(labels[example]), outside 0 … \(names.count - 1)")
      }
    case .values(let values):
      if let index = values.elements.firstIndex(where: { !$0.isFinite }) {
        throw .unusable("\(name): target \(index % values.columns) of example \(index / values.columns) is not finite")
      }
    }
  }
}
