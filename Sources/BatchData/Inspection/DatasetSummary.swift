import BatchAlgebra

/// What is in a data set, in a few numbers.
public struct DatasetSummary: Sendable, Hashable {
  /// The number of examples.
  public let count: Int
  /// The shape of one example.
  public let exampleShape: [Int]
  /// The smallest feature.
  public let minimum: Float
  /// The largest feature.
  public let maximum: Float
  /// The mean over all features.
  public let mean: Double
  /// The standard deviation over all features.
  public let deviation: Double
  /// The number of examples of each class, in the order of the classes; empty where targets are values.
  public let classCounts: [ClassCount]

  /// A class and its examples.
  public struct ClassCount: Sendable, Hashable {
    /// The class's name.
    public let name: String
    /// The number of examples.
    public let count: Int
  }

  /// Looks through the examples.
  public init(_ dataset: Dataset) {
    var low = Float.infinity
    var high = -Float.infinity
    var sum = 0.0
    var squares = 0.0
    for value in dataset.features.elements {
      low = min(low, value)
      high = max(high, value)
      sum += Double(value)
      squares += Double(value) * Double(value)
    }
    let elements = Double(max(dataset.features.count, 1))
    count = dataset.count
    exampleShape = dataset.exampleShape
    minimum = low
    maximum = high
    mean = sum / elements
    deviation = max(squares / elements - mean * mean, 0).squareRoot()
    if case .classes(let labels, let names) = dataset.targets {
      var counts = [Int](repeating: 0, count: names.count)
      for label in labels { counts[Int(label)] += 1 }
      classCounts = zip(names, counts).map { ClassCount(name: $0, count: $1) }
    } else {
      classCounts = []
    }
  }
}
