import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTraining
import Testing

@Suite struct NetworkTests {
  private let model = Sequential(inputShape: [28, 28]) {
    Dense(100, .relu)
    Dense(10)
  }

  @Test func laysParametersOutOnCacheLines() throws {
    let network = try Network<Float>(model, seed: 1, context: .test(Float.self))
    #expect(network.slots.map(\.name) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"])
    #expect(network.slots.map(\.shape) == [[784, 100], [100], [100, 10], [10]])
    #expect(network.slots.allSatisfy { $0.offset % 16 == 0 })
    #expect(network.parameterCount == 784 * 100 + 100 + 100 * 10 + 10)
    #expect(network.graph.trainingOperationsPerExample == 2 * (2 * 784 * 100 + 3 * 100 * 10))
  }

  @Test func theSeedDecidesTheParameters() throws {
    func parameters<S: Scalar>(_: S.Type, seed: UInt64) throws -> [S] {
      let network = try Network<S>(model, seed: seed, context: .test(S.self))
      return network.slots.flatMap(network.values)
    }
    #expect(try parameters(Float.self, seed: 1) == parameters(Float.self, seed: 1))
    #expect(try parameters(Float.self, seed: 1) != parameters(Float.self, seed: 2))
    #expect(try parameters(Float.self, seed: 1) == parameters(Double.self, seed: 1).map { Float($0) })
  }

  /// For 400 inputs and 300 outputs.
  static let variances: [(Initialisation, Double)] = [
    (.heNormal, 2 / 400), (.heUniform, 2 / 400), (.glorotNormal, 2 / 700), (.glorotUniform, 2 / 700), (.zeros, 0),
  ]

  /// Variances as the papers have them; biases zero.
  @Test(arguments: variances)
  func drawsWithTheRightVariance(_ initialisation: Initialisation, _ variance: Double) throws {
    let network = try Network<Double>(
      Sequential(inputShape: [400]) { Dense(300, initialisation: initialisation) }, seed: 4, context: .test(Double.self)
    )
    let weights = network.values(of: network.slots[0])
    let mean = weights.reduce(0, +) / Double(weights.count)
    let measured = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weights.count)
    // 120 000 draws: the deviation of the measured variance is below 0.5 % of it.
    #expect(abs(measured - variance) <= 0.02 * variance)
    #expect(abs(mean) <= 5 * (variance / Double(weights.count)).squareRoot())
    #expect(network.values(of: network.slots[1]).allSatisfy { $0 == 0 })
  }

  @Test func aParameterMayBeginWithOnes() throws {
    let network = try Network<Float>(
      Sequential(inputShape: [5]) { Dense(3, initialisation: .ones) }, seed: 4,
      context: .test(Float.self))
    #expect(network.values(of: network.slots[0]) == [Float](repeating: 1, count: 15))
  }

  /// It is told what it draws for, and draws from the same stream of the seed.
  @Test func aLayerMayDrawInItsOwnWay() throws {
    let own = Initialisation("own") { fans, stream in
      (0..<fans.count).map { Double(100 * fans.fanIn + 10 * fans.fanOut + $0) + stream.uniform() }
    }
    let network = try Network<Double>(
      Sequential(inputShape: [2]) { Dense(3, initialisation: own) }, seed: 4,
      context: .test(Double.self))
    var stream = RandomStream(seed: 4, name: "initialisation", index: 0)
    #expect(network.values(of: network.slots[0]) == (0..<6).map { Double(230 + $0) + stream.uniform() })
    #expect(own == Initialisation("own") { _, _ in [] } && own != .zeros)
  }

  @Test func refusesToHaveNoLayers() {
    #expect(throws: ModelError.invalidLayer("a network needs at least one layer")) {
      try Network<Float>(Sequential(inputShape: [1], layers: []), seed: 1, context: .test(Float.self))
    }
  }

  /// A checkpoint's header may say that examples have no extent at all.
  @Test func refusesExamplesWithoutAShape() throws {
    #expect(throws: ModelError.mismatch("an example of the shape [] has no features to give a layer")) {
      try Network<Float>(Sequential(inputShape: []) { Dense(2) }, seed: 1, context: .test(Float.self))
    }
  }
}
