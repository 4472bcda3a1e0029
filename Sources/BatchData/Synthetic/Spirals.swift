import BatchAlgebra
public import BatchFormats
import BatchFoundation
import Glibc

/// Arms of a spiral in the plane, each a class: easy to draw, impossible for a linear classifier.
///
/// Point at radius r ∈ [0, 1] of arm k: angle 2π(turns·r + k/arms), plus Gaussian noise on both coordinates.
public struct Spirals: Sendable, Equatable {
  /// The number of examples, one of each arm in turn.
  public var examples: Int
  /// The number of arms.
  public var arms: Int
  /// The deviation of the noise; neighbouring arms are 1/(turns·arms) apart.
  public var noise: Double
  /// How often an arm goes round.
  public var turns: Double

  /// A task of spiral arms.
  public init(examples: Int = 3000, arms: Int = 2, noise: Double = 0.03, turns: Double = 1.5) {
    self.examples = examples
    self.arms = arms
    self.noise = noise
    self.turns = turns
  }

  /// Draws the examples from the streams "spirals" and "spirals.noise" of the seed.
  ///
  /// - Throws: `DataError` for fewer than 2 arms, fewer examples than arms, or negative noise or turns.
  public func dataset(seed: UInt64) throws(DataError) -> Dataset {
    try requireSynthetic("spirals", arms >= 2, "arms", arms, "at least 2")
    try requireSyntheticSize("spirals", "examples", examples)
    try requireSynthetic("spirals", examples >= arms, "examples", examples, "at least one an arm (\(arms))")
    try requireSynthetic("spirals", noise >= 0 && noise.isFinite, "noise", noise, "a number from 0 on")
    try requireSynthetic("spirals", turns > 0 && turns.isFinite, "turns", turns, "a number above 0")
    var radii = RandomStream(seed: seed, name: "spirals")
    var noises = RandomStream(seed: seed, name: "spirals.noise")
    var features = try Matrix<Float>(rows: examples, columns: 2, for: "spirals")
    let labels = (0..<examples).map { Int32($0 % arms) }
    features.withMutableView { view in
      for (i, label) in labels.enumerated() {
        let radius = radii.uniform()
        let angle = 2 * Double.pi * (turns * radius + Double(label) / Double(arms))
        view[i, 0] = Float(radius * cos(angle) + noise * noises.normal())
        view[i, 1] = Float(radius * sin(angle) + noise * noises.normal())
      }
    }
    let names = (0..<arms).map { "arm \($0 + 1)" }
    return try Dataset(name: "spirals", features: features, targets: .classes(labels: labels, names: names))
  }
}
