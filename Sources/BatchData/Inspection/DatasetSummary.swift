import BatchAlgebra

/// What is in a data set: counts, shape, range, and how the targets are distributed.
public struct DatasetSummary: Sendable, Equatable, Codable {
  /// How often a class occurs.
  public struct ClassShare: Sendable, Equatable, Codable {
    /// The name of the class.
    public let name: String
    /// The number of its examples.
    public let count: Int
    /// Its part of all examples.
    public let fraction: Double
  }

  /// The extremes, mean and standard deviation (with 1/N) of some numbers.
  public struct Distribution: Sendable, Equatable, Codable {
    /// The least.
    public let minimum: Float
    /// The greatest.
    public let maximum: Float
    /// The mean.
    public let mean: Double
    /// The standard deviation.
    public let deviation: Double
  }

  /// The name of the set.
  public let name: String
  /// The number of examples.
  public let count: Int
  /// The shape of one example.
  public let exampleShape: [Int]
  /// All features of all examples together.
  public let features: Distribution
  /// The number of features that are the same in all examples.
  public let constantFeatureCount: Int
  /// The classes in their order; empty for regression.
  public let classes: [ClassShare]
  /// All values to predict together; nil for classes.
  public let values: Distribution?

  /// Goes through a data set, some three times.
  public init(_ dataset: Dataset) {
    name = dataset.name
    count = dataset.count
    exampleShape = dataset.exampleShape
    features = Distribution(dataset.features)
    constantFeatureCount = dataset.features.withView { Self.constantColumns($0) }
    switch dataset.targets {
    case .classes(let labels, let names):
      var counts = [Int](repeating: 0, count: names.count)
      for label in labels { counts[Int(label)] += 1 }
      classes = zip(names, counts).map { name, count in
        ClassShare(name: name, count: count, fraction: Double(count) / Double(labels.count))
      }
      values = nil
    case .values(let matrix):
      classes = []
      values = Distribution(matrix)
    }
  }

  /// The accuracy of always answering the commonest class; nil for regression.
  public var majorityAccuracy: Double? { classes.map(\.fraction).max() }

  private static func constantColumns(_ view: MatrixView<Float>) -> Int {
    var varies = [Bool](repeating: false, count: view.columns)
    varies.withUnsafeMutableBufferPointer { varies in
      let first = view.row(0)
      for row in 1..<max(view.rows, 1) {
        let values = view.row(row)
        for j in 0..<view.columns where values[j] != first[j] { varies[j] = true }
      }
    }
    return varies.count { !$0 }
  }
}

extension DatasetSummary.Distribution {
  fileprivate init(_ matrix: Matrix<Float>) {
    let moments = matrix.withView { Moments(of: $0) }
    minimum = moments.minimum
    maximum = moments.maximum
    mean = moments.mean
    deviation = moments.deviation
  }
}
