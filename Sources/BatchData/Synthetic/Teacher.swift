import BatchAlgebra
public import BatchFormats
import BatchFoundation
import Glibc

/// Labels given by a random network with one hidden layer, some of them then made wrong.
///
/// Inputs x are standard normal. The teacher's class is argmax W₂ tanh(W₁x), with normal weights of variance 1/fan-in.
/// Afterwards each label is, with the probability `labelNoise`, replaced by another class: a known floor for the error
/// and a dial for the noise of gradients.
public struct Teacher: Sendable, Equatable {
  /// The number of examples.
  public var examples: Int
  /// The number of inputs.
  public var features: Int
  /// The number of hidden units of the teacher.
  public var width: Int
  /// The number of classes.
  public var classes: Int
  /// The fraction of labels that are replaced by a wrong one.
  public var labelNoise: Double

  /// A task set by a random network.
  public init(examples: Int = 10_000, features: Int = 32, width: Int = 32, classes: Int = 10, labelNoise: Double = 0) {
    self.examples = examples
    self.features = features
    self.width = width
    self.classes = classes
    self.labelNoise = labelNoise
  }

  /// Draws the examples from the streams "teacher.weights", "teacher.inputs" and "teacher.noise" of the seed.
  ///
  /// The noise has a stream of its own: sets that differ only in `labelNoise` have the same inputs and teacher.
  ///
  /// - Throws: `DataError` for sizes that are not positive, fewer than 2 classes, or noise outside 0 … 1.
  public func dataset(seed: UInt64) throws(DataError) -> Dataset {
    try requireSynthetic("teacher", examples >= 1, "examples", examples, "at least 1")
    try requireSyntheticSize("teacher", "examples", examples)
    try requireSynthetic("teacher", features >= 1, "features", features, "at least 1")
    try requireSynthetic("teacher", width >= 1, "width", width, "at least 1")
    try requireSynthetic("teacher", classes >= 2, "classes", classes, "at least 2")
    try requireSynthetic("teacher", (0...1).contains(labelNoise), "noise", labelNoise, "a fraction in 0…1")
    // Each number by itself, so that the products are numbers, too.
    for (name, count) in [("features", features), ("width", width), ("classes", classes)] {
      try requireSyntheticSize("teacher", name, count)
    }
    try requireWeights("features", features)
    try requireWeights("classes", classes)
    let network = Network(self, seed: seed)
    var inputStream = RandomStream(seed: seed, name: "teacher.inputs")
    var noiseStream = RandomStream(seed: seed, name: "teacher.noise")
    var inputs = try Matrix<Float>(rows: examples, columns: features, for: "teacher")
    var labels: [Int32] = []
    labels.reserveCapacity(examples)
    inputs.withMutableView { view in
      for i in 0..<examples {
        for j in 0..<features { view[i, j] = Float(inputStream.normal()) }
        let label = network.label(of: UnsafeBufferPointer(start: view.row(i), count: features))
        // Both numbers are drawn for every example, so that a label's replacement does not hang on the others'.
        let isWrong = noiseStream.uniform() < labelNoise
        let shift = 1 + noiseStream.integer(below: classes - 1)
        labels.append(Int32(isWrong ? (label + shift) % classes : label))
      }
    }
    let names = (0..<classes).map { "class \($0)" }
    return try Dataset(name: "teacher", features: inputs, targets: .classes(labels: labels, names: names))
  }

  /// The weights between the hidden units and inputs or classes, of which more could be asked for than there is memory.
  private static var weightLimit: Int { 1 << 28 }

  private func requireWeights(_ argument: String, _ count: Int) throws(DataError) {
    guard width * count > Self.weightLimit else { return }
    throw DataError(
      .invalidArgument, "teacher: width \(width) with \(argument) \(count) has more than \(Self.weightLimit) weights",
      hint: "give a smaller width, or fewer \(argument)")
  }

  private struct Network {
    let hidden: [Double]  // [width][features]
    let output: [Double]  // [classes][width]
    let width: Int
    let classes: Int

    init(_ teacher: Teacher, seed: UInt64) {
      var stream = RandomStream(seed: seed, name: "teacher.weights")
      width = teacher.width
      classes = teacher.classes
      let hiddenScale = 1 / Double(teacher.features).squareRoot()
      let outputScale = 1 / Double(teacher.width).squareRoot()
      hidden = (0..<width * teacher.features).map { _ in hiddenScale * stream.normal() }
      output = (0..<classes * width).map { _ in outputScale * stream.normal() }
    }

    func label(of input: UnsafeBufferPointer<Float>) -> Int {
      var units = [Double](repeating: 0, count: width)
      for k in 0..<width {
        var sum = 0.0
        for j in 0..<input.count { sum += hidden[k * input.count + j] * Double(input[j]) }
        units[k] = tanh(sum)
      }
      var best = (score: -Double.infinity, label: 0)
      for c in 0..<classes {
        var score = 0.0
        for k in 0..<width { score += output[c * width + k] * units[k] }
        if score > best.score { best = (score, c) }
      }
      return best.label
    }
  }
}
