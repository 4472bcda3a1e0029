import BatchAlgebra
import BatchFoundation
import BatchScience
import BatchTestSupport
import BatchTraining
import Testing

/// Quantities against the formulas of their sources, from gradients of single examples.
@Suite struct QuantityTests {
  private func observed(_ optimizer: (any Optimizer)? = nil) throws -> ObservedGradients<Double> {
    try ObservedGradients(optimizer: optimizer ?? SGD(learningRate: 0.2))
  }

  /// Shows a quantity so many batches of 8 and gives its only measurement.
  private func measured<Quantity: StepQuantity>(
    _ quantity: Quantity, _ gradients: ObservedGradients<Double>, updates: Int = 1,
    _ look: () -> Void = {}
  ) throws -> Measurement {
    var quantity = quantity
    for update in 1...updates {
      gradients.compute(Array(8 * (update - 1)..<8 * update))
      look()
      gradients.show(&quantity, update: update)
    }
    let (measurements, rest) = (quantity.takeMeasurements(), quantity.takeMeasurements())
    #expect(measurements.count == 1 && rest.isEmpty)
    return try #require(measurements.first)
  }

  private func deviations(_ gradients: ObservedGradients<Double>) -> [[Double]] {
    gradients.gradients.map { zip($0, gradients.mean).map { $0 - $1 } }
  }

  @Test func normTest() throws {
    let gradients = try observed()
    let measurement = try measured(NormTest(), gradients)
    // ‖Var‖₁/B over |ḡ|².
    let variance = deviations(gradients).reduce(0) { $0 + $1.square } / 7
    #expect(abs(try #require(measurement.value) - (variance / 8 / gradients.mean.square).squareRoot()) < 1e-12)
    #expect(measurement.name == "norm_test" && measurement.low == nil && measurement.probes == 1)
    #expect(measurement.note == "no interval from fewer than 8 updates")
  }

  @Test func innerProductTest() throws {
    let gradients = try observed()
    let measurement = try measured(InnerProductTest(), gradients)
    let mean = gradients.mean
    let products = Sample(gradients.gradients.map { zip($0, mean).reduce(0) { $0 + $1.0 * $1.1 } })
    let expected = (try #require(products.variance) / 8).squareRoot() / mean.square
    #expect(abs(try #require(measurement.value) - expected) < 1e-12 && measurement.name == "inner_product_test")
  }

  @Test func orthogonalityTest() throws {
    let gradients = try observed()
    let measurement = try measured(OrthogonalityTest(), gradients)
    let mean = gradients.mean
    let across = gradients.gradients.map { gradient in
      let share = zip(gradient, mean).reduce(0) { $0 + $1.0 * $1.1 } / mean.square
      return zip(gradient, mean).map { $0 - share * $1 }
    }
    let expected = (across.reduce(0) { $0 + $1.square } / 7 / 8 / mean.square).squareRoot()
    #expect(abs(try #require(measurement.value) - expected) < 1e-12 && measurement.name == "orthogonality_test")
  }

  @Test func cabs() throws {
    let gradients = try observed()
    var loss = 0.0
    let measurement = try measured(CABS(), gradients) {
      loss = (0..<8).map { Int32($0) }.withUnsafeBufferPointer { gradients.step.computeGradient($0).mean }
    }
    let variance = deviations(gradients).reduce(0) { $0 + $1.square } / 7
    #expect(abs(try #require(measurement.value) - 0.2 * variance / loss) < 1e-12 && measurement.name == "cabs")
  }

  /// The cosine of two halves whose inner product is |G|² and whose squares are |G|² + 2S/B, on the mean.
  @Test func simiGrad() throws {
    let gradients = try observed()
    let measurement = try measured(SimiGrad(), gradients)
    let variance = deviations(gradients).reduce(0) { $0 + $1.square } / 7
    let trueSquare = gradients.mean.square - variance / 8
    #expect(abs(try #require(measurement.value) - trueSquare / (trueSquare + variance / 4)) < 1e-12)
    #expect(measurement.name == "simigrad")
  }

  @Test func gradientSignal() throws {
    let gradients = try observed()
    let measurement = try measured(GradientSignal(), gradients)
    let network = gradients.step.network
    let ratios = gradients.mean.indices.map { index in
      let mean = gradients.mean[index]
      return mean * mean / (gradients.gradients.reduce(0) { $0 + $1[index] * $1[index] } / 8 - mean * mean + 1e-5)
    }
    let expected = ratios.reduce(0, +) / Double(network.parameterCount)
    #expect(abs(try #require(measurement.value) - expected) < 1e-9 && measurement.name == "gsnr")
  }

  @Test func evidenceStopping() throws {
    let gradients = try observed()
    let measurement = try measured(EvidenceStopping(), gradients)
    let deviations = deviations(gradients)
    let ratios = gradients.mean.indices.compactMap { index -> Double? in
      let variance = deviations.reduce(0) { $0 + $1[index] * $1[index] } / 7
      return variance > 0 ? 8 * gradients.mean[index] * gradients.mean[index] / variance : nil
    }
    let value = try #require(measurement.value)
    #expect(abs(value - (1 - Sample(ratios).mean)) < 1e-9 && measurement.name == "early_stopping")
    #expect((value > 0) == (measurement.note?.contains("above 0: the gradients are no larger") == true))
  }

  @Test func norms() throws {
    let gradients = try observed()
    var quantity = Norms()
    gradients.compute(Array(0..<8))
    gradients.show(&quantity, update: 1)
    let measurements = quantity.takeMeasurements()
    #expect(measurements.map(\.name) == ["gradient_norm", "mean_gradient_norm", "weight_norm"])
    #expect(abs(try #require(measurements[0].value) - gradients.mean.square.squareRoot()) < 1e-12)
    let variance = deviations(gradients).reduce(0) { $0 + $1.square } / 7
    // Out of a million examples.
    let trueSquare = gradients.mean.square - variance * (1.0 / 8 - 1e-6)
    if trueSquare > 0 {
      #expect(abs(try #require(measurements[1].value) - trueSquare.squareRoot()) < 1e-9)
    } else {
      #expect(measurements[1].value == nil)
    }
    let weights = Array(gradients.step.network.parameters.elements).square.squareRoot()
    #expect(abs(try #require(measurements[2].value) - weights) < 1e-12)
  }

  /// On a parabola −ḡₜ₊₁·s/ḡₜ·s is the share of the way to the lowest point, less 1: slopes are linear along a step.
  @Test func alpha() throws {
    let gradients = try observed()
    var quantity = Alpha()
    let batch = Array(0..<64)
    gradients.compute(batch)
    let first = gradients.mean
    let before = Array(gradients.step.network.parameters.elements)
    gradients.show(&quantity, update: 1)
    let early = quantity.takeMeasurements()
    #expect(quantity.awaitsNext && early.isEmpty)
    gradients.update()
    gradients.compute(batch)
    gradients.show(&quantity, update: 2)
    let step = zip(gradients.step.network.parameters.elements, before).map { $0 - $1 }
    let slopes = [first, gradients.mean].map { zip($0, step).reduce(0) { $0 + $1.0 * $1.1 } }
    let measurement = try #require(quantity.takeMeasurements().first)
    #expect(!quantity.awaitsNext && measurement.name == "alpha")
    #expect(abs(try #require(measurement.value) + slopes[1] / slopes[0]) < 1e-9)
    // A rate of 0.2 is far from the lowest point of this loss.
    #expect(-1...0 ~= (measurement.value ?? 1))
    // Updates that do not follow one another tell nothing.
    gradients.show(&quantity, update: 9)
    let late = quantity.takeMeasurements()
    #expect(late.isEmpty)
  }

  /// A size and a distance, whether the parameters are seen before or after the update.
  @Test(arguments: [true, false]) func updateSizeAndDistance(_ seesGradient: Bool) throws {
    let gradients = try observed()
    var (size, distance) = (UpdateSize(), InitialDistance())
    #expect(distance.needs == [])
    let network = gradients.step.network
    let initial = Array(network.parameters.elements)
    var (lengths, seen) = ([Double](), initial)
    for update in 1...4 {
      gradients.compute(Array(8 * update..<8 * update + 8))
      let before = Array(network.parameters.elements)
      if update == 1 { gradients.show(&distance, update: 1) }
      if seesGradient { gradients.show(&size, update: update) }
      gradients.update()
      let after = Array(network.parameters.elements)
      if !seesGradient { gradients.show(&size, update: update, seesGradient: false) }
      if update > 1 { gradients.show(&distance, update: update, seesGradient: false) }
      lengths.append(zip(after, before).map { $0 - $1 }.square.squareRoot())
      seen = after
    }
    let expected = seesGradient ? lengths.dropLast() : lengths.dropFirst()
    let measurement = try #require(size.takeMeasurements().first)
    #expect(abs(try #require(measurement.value) - Sample(Array(expected)).mean) < 1e-12)
    #expect(measurement.probes == 3 && measurement.name == "update_size")
    let way = try #require(distance.takeMeasurements().first)
    #expect(abs(try #require(way.value) - zip(seen, initial).map { $0 - $1 }.square.squareRoot()) < 1e-12)
    #expect(way.name == "distance" && way.note == nil && distance.takeMeasurements().isEmpty)

    // What is not yet told is kept; one that begins later says from where it measures, unless the caller has kept that.
    var (resumed, late, told) = (InitialDistance(), InitialDistance(), InitialDistance())
    gradients.show(&distance, update: 4, seesGradient: false)
    resumed.state = distance.state
    #expect(resumed.takeMeasurements().first?.value == way.value)
    gradients.show(&late, update: 4, seesGradient: false)
    #expect(late.takeMeasurements().first?.value == 0)
    gradients.show(&late, update: 5, seesGradient: false)
    #expect(
      late.takeMeasurements().first?.note == "from the weights after 4 updates, the first that were seen")
    gradients.show(&told, update: 4, seesGradient: false, initialParameters: initial)
    #expect(told.takeMeasurements().first == way)
  }

  /// Gradients and losses of 0 are divided by where a ratio is of them, and said to be.
  @Test func whatIsDividedByZeroSaysSo() throws {
    let gradients = try observed()
    gradients.compute(Array(0..<8))
    gradients.clear()
    var (test, cabs) = (NormTest(), CABS())
    gradients.show(&test, update: 1)
    gradients.show(&cabs, update: 1)
    for measurement in test.takeMeasurements() + cabs.takeMeasurements() {
      #expect(measurement.value == nil && measurement.low == nil && measurement.probes == 1)
      #expect(measurement.note?.hasPrefix("what it is divided by is 0: the gradients, or the loss") == true)
    }
  }

  /// From eight updates on ratios have intervals; batches of one and what is no number are left out and counted.
  @Test func windowsHaveIntervals() throws {
    let gradients = try observed()
    let measurement = try measured(NormTest(), gradients, updates: 8)
    let (low, high) = (try #require(measurement.low), try #require(measurement.high))
    #expect(low < (measurement.value ?? 0) && (measurement.value ?? 0) < high && measurement.probes == 8)
    var quantity = NormTest()
    gradients.compute([3])
    gradients.show(&quantity, update: 1)
    #expect(
      quantity.takeMeasurements() == [
        Measurement(
          name: "norm_test", value: nil, probes: 0, note: "1 of 1 left out: a batch of one example does not scatter")
      ])
  }

  /// Every windowed quantity goes on from its state.
  @Test(arguments: NamedQuantity.Name.allCases) func goesOnFromItsState(_ name: NamedQuantity.Name) throws {
    let gradients = try observed(try Adam(learningRate: 0.01))
    let initial = Array(gradients.step.network.parameters.elements)
    let (whole, first, second) = (
      NamedQuantity(name).make(), NamedQuantity(name).make(), NamedQuantity(name).make()
    )
    var rest: any StepQuantity = second
    var (parts, all): (any StepQuantity, any StepQuantity) = (first, whole)
    func show(_ quantity: inout any StepQuantity, _ update: Int) {
      func open(_ quantity: some StepQuantity) -> any StepQuantity {
        var quantity = quantity
        gradients.show(&quantity, update: update, initialParameters: initial)
        return quantity
      }
      quantity = open(quantity)
    }
    for update in 1...20 {
      gradients.compute((0..<8).map { (8 * update + 3 * $0) % 64 })
      show(&all, update)
      if update <= 10 { show(&parts, update) } else { show(&rest, update) }
      if update == 10 { rest.state = parts.state }
      gradients.update()
    }
    let (expected, resumed) = (all.takeMeasurements(), rest.takeMeasurements())
    // What compares two updates has lost the one between.
    guard ![.alpha, .updateSize].contains(name) else {
      #expect(resumed.map(\.probes) == expected.map { $0.probes - 1 })
      return
    }
    #expect(resumed == expected && !expected.isEmpty)
    // Numbers of something else are no reason to fail.
    rest.state = [1, -7, .nan]
    _ = rest.takeMeasurements()
  }
}
