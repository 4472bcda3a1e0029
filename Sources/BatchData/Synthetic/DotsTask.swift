import BatchAlgebra

/// Two clouds of points in the plane, red and blue: normal around (−1, −1) and (1, 1) with deviation 0.75.
///
/// The clouds overlap a little: the best possible rule, the side of the line x + y = 0, is right for 97.0 % of the
/// points (Φ(√2 / 0.75)).
enum DotsTask {
  static func make(examples: Int, seed: UInt64) throws(DataError) -> Dataset {
    var stream = RandomStream(seed: seed, name: "dots")
    return try SyntheticPoints.make(name: "dots", examples: examples, classes: ["red", "blue"], dimensions: 2) {
      label in
      let center = label == 0 ? -1.0 : 1.0
      return (0..<2).map { _ in Float(center + 0.75 * stream.normal()) }
    }
  }
}
