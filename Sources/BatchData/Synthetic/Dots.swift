import BatchAlgebra
public import BatchFormats
import BatchFoundation

/// Two round Gaussian clouds in the plane, one red and one blue.
///
/// Both have the deviation 1 in every direction and their centres `distance` apart on the diagonal, so that no
/// classifier can be right more often than Φ(distance / 2): 0.933 for 3, 0.977 for 4.
public struct Dots: Sendable, Equatable {
  /// The number of examples, red and blue in turn.
  public var examples: Int
  /// The distance of the centres, in deviations of a cloud.
  public var distance: Double

  /// A task of two clouds.
  public init(examples: Int = 2000, distance: Double = 4) {
    self.examples = examples
    self.distance = distance
  }

  /// Draws the examples from the stream "dots" of the seed.
  ///
  /// - Throws: `DataError` for fewer than 2 examples or a distance that is negative or not finite.
  public func dataset(seed: UInt64) throws(DataError) -> Dataset {
    try requireSynthetic("dots", examples >= 2, "examples", examples, "at least 2")
    try requireSyntheticSize("dots", "examples", examples)
    try requireSynthetic("dots", distance >= 0 && distance.isFinite, "distance", distance, "a number from 0 on")
    var stream = RandomStream(seed: seed, name: "dots")
    var features = try Matrix<Float>(rows: examples, columns: 2, for: "dots")
    let labels = (0..<examples).map { Int32($0 % 2) }
    // Half the distance, in each of the two coordinates of a diagonal.
    let offset = distance / 2 / 2.0.squareRoot()
    features.withMutableView { view in
      for (i, label) in labels.enumerated() {
        let side = label == 0 ? -offset : offset
        view[i, 0] = Float(side + stream.normal())
        view[i, 1] = Float(side + stream.normal())
      }
    }
    return try Dataset(name: "dots", features: features, targets: .classes(labels: labels, names: ["red", "blue"]))
  }
}

/// Refuses more of something than examples are counted by.
func requireSyntheticSize(_ task: String, _ argument: String, _ count: Int) throws(DataError) {
  try requireSynthetic(task, count <= Int(Int32.max), argument, count, "at most \(Int32.max)")
}

/// Refuses an argument of a synthetic task that cannot work.
func requireSynthetic(
  _ task: String, _ isValid: Bool, _ argument: String, _ value: some CustomStringConvertible, _ wanted: String
) throws(DataError) {
  guard !isValid else { return }
  throw DataError(.invalidArgument, "\(task): \(argument) cannot be \(value)", hint: "give \(wanted)")
}
