import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// Rules that a user writes, with nothing but what the package shows: the package's own, written anew, are their twins.
@Suite struct OwnOptimizerTests {
  /// AdamW in plain Swift, its decay for weights only.
  struct PlainAdamW: Optimizer {
    var learningRate = 0.01
    var stateNames: [String] { ["mean", "square"] }
    var description: String { "plain AdamW, rate \(learningRate)" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }

    func update<S: Scalar>(_ piece: UpdatePiece<S>) {
      let (w, g, m, s) = (piece.parameters, piece.gradient, piece.state(0), piece.state(1))
      var powers = (S(1), S(1))
      for _ in 0..<piece.step { powers = (powers.0 * 0.9, powers.1 * 0.999) }
      let rate = S(piece.learningRate)
      let decay = piece.kind == .weight ? S(0.1) : 0
      for i in 0..<piece.count {
        m[i] = 0.9 * m[i] + 0.1 * g[i]
        s[i] = 0.999 * s[i] + (1 - 0.999) * g[i] * g[i]
        let step = m[i] / (1 - powers.0) / ((s[i] / (1 - powers.1)).squareRoot() + 1e-8)
        w[i] -= rate * (step + decay * w[i])
      }
    }
  }

  /// Momentum by a rule of the kernels', which layers fuse.
  struct FusedMomentum: Optimizer {
    var learningRate = 0.05
    var stateNames: [String] { ["velocity"] }
    var description: String { "fused momentum, rate \(learningRate)" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
      .elementwise(.momentum(0.9, rate: learningRate, weightDecay: kind == .weight ? 0.01 : 0))
    }
  }

  /// LARS by the norms that are measured unless told otherwise.
  struct PlainLARS: Optimizer {
    var learningRate = 0.5
    var stateNames: [String] { ["velocity"] }
    var description: String { "plain LARS, rate \(learningRate)" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .normed }
    func rule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> ElementwiseRule {
      let ratio = kind == .weight && norms.steps > 0 ? 0.02 * (norms.weights / norms.steps).squareRoot() : 1
      return .momentum(0.9, rate: 1, share: learningRate * ratio)
    }
  }

  /// Norms of its own: of the weights alone, so that the step is relative to them.
  struct RelativeDescent: Optimizer {
    var learningRate = 0.1
    var stateNames: [String] { [] }
    var description: String { "relative descent, rate \(learningRate)" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
      kind == .weight ? .normed : .elementwise(.sgd(rate: 0))
    }
    func measure<S: Scalar>(_ piece: UpdatePiece<S>) -> SquaredNorms {
      SquaredNorms(weights: piece.parameters.reduce(0) { $0 + Double($1 * $1) })
    }
    func rule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> ElementwiseRule {
      .sgd(rate: learningRate * norms.weights.squareRoot())
    }
  }

  /// Moves everything, whatever its gradient, what pads parameters included.
  struct Drift: Optimizer {
    var learningRate = 0.25
    var stateNames: [String] { ["count"] }
    var description: String { "drift" }
    func initialState(_ index: Int) -> Double { 3 }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }
    func update<S: Scalar>(_ piece: UpdatePiece<S>) {
      for i in piece.parameters.indices {
        piece.state(0)[i] += 1
        piece.parameters[i] += S(piece.learningRate) * S(piece.step)
      }
    }
  }

  private static func step<S: Scalar>(
    _ optimizer: any Optimizer, engine: GEMMEngine = .kernels, set: InstructionSet = .underTest, threads: Int = 3
  ) throws -> TrainingStep<S> {
    var stream = RandomStream(seed: 5, name: "test")
    let data = try Dataset(
      name: "noise", features: Matrix(rows: 90, columns: 20, (0..<1800).map { _ in Float(stream.normal()) }),
      exampleShape: [20], targets: .classes(labels: (0..<90).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
    let model = Sequential(inputShape: [20]) {
      Dense(150, .tanh)
      Dense(3)
    }
    return try TrainingStep(
      Network(model, seed: 1, context: .test(S.self, engine: engine, instructionSet: set)), on: data,
      loss: .softmaxCrossEntropy,
      optimizer: optimizer, capacity: 9, team: ThreadTeam(threads: threads))
  }

  private static func trained<S: Scalar>(_ step: TrainingStep<S>) -> [Double] {
    for update in 0..<20 {
      let indices = (0..<9).map { Int32((update * 9 + $0) % 90) }
      indices.withUnsafeBufferPointer { _ = step($0) }
    }
    return step.network.slots.flatMap { step.network.values(of: $0).map { Double($0) } }
  }

  private static func requireTwins(_ own: any Optimizer, _ package: any Optimizer) throws {
    for engine in GEMMEngine.allCases {
      let difference = largestError(
        trained(try step(own, engine: engine) as TrainingStep<Double>),
        trained(try step(package, engine: engine) as TrainingStep<Double>))
      #expect(difference < 1e-12, "\(own)")
      let coarse = largestError(
        trained(try step(own, engine: engine) as TrainingStep<Float>),
        trained(try step(package, engine: engine) as TrainingStep<Float>))
      #expect(coarse < 1e-5, "\(own)")
    }
  }

  @Test func codeOfOnesOwnSeesParametersGradientStateAndKind() throws {
    try Self.requireTwins(PlainAdamW(), AdamW(learningRate: 0.01, weightDecay: 0.1, decayScope: .weights))
  }

  @Test func aRuleOfTheKernelsTrainsAsThePackagesOwn() throws {
    try Self.requireTwins(
      FusedMomentum(), SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 0.01, decayScope: .weights))
  }

  @Test func aRuleWithNormsTrainsAsThePackagesOwn() throws {
    try Self.requireTwins(PlainLARS(), LARS(learningRate: 0.5, trustCoefficient: 0.02))
  }

  /// One update, with norms summed here; the biases, of another rule, stay.
  @Test(arguments: [1, 3]) func normsMayBeOnesOwn(_ threads: Int) throws {
    let step: TrainingStep<Double> = try Self.step(RelativeDescent(), threads: threads)
    let network = step.network
    let before = network.slots.map { network.values(of: $0) }
    (0..<9).map { Int32($0) }.withUnsafeBufferPointer { _ = step.computeGradient($0) }
    step.update()
    for (slot, old) in zip(network.slots, before) {
      let rate = slot.kind == .weight ? 0.1 * old.reduce(0) { $0 + $1 * $1 }.squareRoot() : 0
      let expected = zip(old, network.values(of: slot, in: step.gradient)).map { $0 - rate * $1 }
      #expect(largestError(network.values(of: slot), expected) < 1e-14)
    }
  }

  /// Kernels compute with what pads weights, and a rule need not know of it.
  @Test(arguments: InstructionSet.supported) func whatPadsParametersStaysZero(_ set: InstructionSet) throws {
    let step: TrainingStep<Float> = try Self.step(Drift(), set: set)
    let network = step.network
    let before = network.slots.map { network.values(of: $0) }
    for _ in 0..<2 {
      (0..<9).map { Int32($0) }.withUnsafeBufferPointer { _ = step.computeGradient($0) }
      step.update()
    }
    for (slot, old) in zip(network.slots, before) {
      // 0.25 · (1 + 2).
      #expect(largestError(network.values(of: slot).map { Double($0) }, old.map { Double($0) + 0.75 }) < 1e-6)
      #expect(network.values(of: slot, in: step.stateVector("count")).allSatisfy { $0 == 5 })
      network.setValues(of: slot, [Float](repeating: 0, count: slot.count))
    }
    #expect(network.parameters.elements.allSatisfy { $0 == 0 })
  }

  /// Says that it has code of its own, and has none.
  private struct Empty: Optimizer {
    var learningRate = 1.0
    var stateNames: [String] { [] }
    var description: String { "empty" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }
  }

  /// Names less state than its rule has.
  private struct Forgetful: Optimizer {
    var learningRate = 1.0
    var stateNames: [String] { ["velocity"] }
    var description: String { "forgetful" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
      .elementwise(.adam(rate: 1, beta1: 0.9, beta2: 0.9, epsilon: 1e-8, step: step))
    }
  }

  @Test func mistakesStopTheProgramWithAWord() async {
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Self.trained(try Self.step(Empty()) as TrainingStep<Float>)
    }
    #expect(said(empty, "empty has a rule of its own, and no update(_:)"))
    let forgetful = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Self.trained(try Self.step(Forgetful()) as TrainingStep<Float>)
    }
    #expect(said(forgetful, "the rule of forgetful needs 2 state vectors, and it has named 1"))
  }

  private func said(_ result: ExitTest.Result?, _ text: String) -> Bool {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).contains(text)
  }
}
