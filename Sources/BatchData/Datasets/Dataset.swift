public import BatchAlgebra

/// Labelled examples in memory: one a row.
public struct Dataset: Sendable {
  /// The name for people.
  public let name: String
  /// [examples, features].
  public let features: Matrix<Float>
  /// The shape of one example; its product is the number of features.
  public let exampleShape: [Int]
  /// What is to be predicted.
  public let targets: Targets

  /// Examples whose parts fit.
  ///
  /// - Throws: ``DataError/unusable(_:)`` when counts or shapes differ, a label has no class, or a number is not finite.
  public init(
    name: String, features: Matrix<Float>, exampleShape: [Int], targets: Targets
  ) throws(DataError) {
    guard exampleShape.reduce(1, *) == features.columns else {
      throw .unusable("\(name): examples of shape \(exampleShape) do not have \(features.columns) features")
    }
    guard targets.count == features.rows else {
      throw .unusable("\(name): there are \(features.rows) examples and \(targets.count) targets; both must be as many")
    }
    if let position = Self.firstNonFinite(features) {
      throw .unusable(
        "\(name): feature \(position.column) of example \(position.row) is \(features[position.row, position.column]); "
          + "remove the example or replace the value")
    }
    try targets.check(name)
    self.name = name
    self.features = features
    self.exampleShape = exampleShape
    self.targets = targets
  }

  private init(unchecked name: String, features: Matrix<Float>, exampleShape: [Int], targets: Targets) {
    self.name = name
    self.features = features
    self.exampleShape = exampleShape
    self.targets = targets
  }

  /// The number of examples.
  public var count: Int { features.rows }

  /// The number of features of an example.
  public var featureCount: Int { features.columns }

  /// The examples with the given row numbers, in their order.
  ///
  /// - Throws: ``DataError/outOfMemory(_:)``.
  public func subset(_ indices: [Int32]) throws(DataError) -> Dataset {
    Dataset(
      unchecked: name, features: try features.gatheringRows(indices), exampleShape: exampleShape,
      targets: try targets.subset(indices))
  }

  /// The same examples with other features of the same shape.
  func replacingFeatures(_ features: Matrix<Float>) -> Dataset {
    Dataset(unchecked: name, features: features, exampleShape: exampleShape, targets: targets)
  }

  private static func firstNonFinite(_ matrix: Matrix<Float>) -> (row: Int, column: Int)? {
    matrix.withView { view in
      // A sum is finite unless an element is not, or unless it overflows: then the elements are looked at one by one.
      for row in 0..<view.rows {
        let elements = UnsafeBufferPointer(start: view.row(row), count: view.columns)
        if absoluteSum(elements).isFinite { continue }
        if let column = elements.firstIndex(where: { !$0.isFinite }) { return (row, column) }
      }
      return nil
    }
  }
}

extension Matrix where S == Float {
  /// The rows with the given numbers, in their order.
  func gatheringRows(_ indices: [Int32]) throws(DataError) -> Matrix {
    do {
      var result = try Matrix(rows: indices.count, columns: columns)
      result.withMutableView { target in
        withView { source in
          for (i, index) in indices.enumerated() { target.row(i).update(from: source.row(Int(index)), count: columns) }
        }
      }
      return result
    } catch {
      throw .outOfMemory(error.description)
    }
  }
}
