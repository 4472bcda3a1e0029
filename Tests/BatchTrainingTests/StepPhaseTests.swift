import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTraining
import Glibc
import Testing

/// Which phases have a time, not how long it is.
@Suite struct StepPhaseTests {
  private static let features = 256

  /// Wide enough that two threads share the work in some layers, and keep to columns of their own at small batches.
  private static let model = Sequential(inputShape: [features]) {
    Dense(256, .relu)
    Dense(256, .gelu)
    Dense(3)
  }

  private func data() throws -> Dataset {
    var stream = RandomStream(seed: 5, name: "test")
    let features = (0..<200 * Self.features).map { _ in Float(stream.normal()) }
    return try Dataset(
      name: "test", features: Matrix(rows: 200, columns: Self.features, features), exampleShape: [Self.features],
      targets: .classes(labels: (0..<200).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
  }

  private func step(
    _ optimizer: any Optimizer, model: Sequential = Self.model, engine: GEMMEngine = .kernels, threads: Int = 2
  ) throws -> TrainingStep<Float> {
    try TrainingStep(
      Network(model, seed: 3, context: .test(Float.self, engine: engine)), on: data(), loss: .softmaxCrossEntropy,
      optimizer: optimizer,
      capacity: 200, team: ThreadTeam(threads: threads))
  }

  private func phasesWithTime(_ times: StepPhaseTimes) -> Set<StepPhase> {
    // What lies between may be too short for the clock.
    Set(StepPhase.allCases.filter { times.seconds(in: $0) > 0 }).subtracting([.other])
  }

  private func run(_ step: TrainingStep<Float>, batch: Int, fused: Bool, times: Int = 1) {
    let indices = (0..<Int32(batch)).map { $0 }
    indices.withUnsafeBufferPointer { indices in
      for _ in 0..<times {
        if fused {
          step(indices)
        } else {
          _ = step.computeGradient(indices)
          step.update()
        }
      }
    }
  }

  private static let passes: Set<StepPhase> = [.data, .forward, .loss, .backwardData, .backwardWeights]

  @Test(arguments: [1, 8, 200], [1, 2])
  func aCalledStepUpdatesInsideTheBackwardPass(_ batch: Int, _ threads: Int) throws {
    let step = try step(SGD(learningRate: 0.1), threads: threads)
    let times = StepPhaseTimes()
    step.phaseTimes = times
    run(step, batch: batch, fused: true)
    #expect(phasesWithTime(times) == Self.passes)
  }

  @Test(arguments: [1, 8, 200], [1, 2])
  func anUpdateOfItsOwnHasATimeOfItsOwn(_ batch: Int, _ threads: Int) throws {
    let step = try step(Adam(learningRate: 0.01), threads: threads)
    let times = StepPhaseTimes()
    step.phaseTimes = times
    let indices = (0..<Int32(batch)).map { $0 }
    _ = indices.withUnsafeBufferPointer { step.computeGradient($0) }
    #expect(phasesWithTime(times) == Self.passes)
    times.reset()
    #expect(times.totalSeconds == 0)
    step.update()
    #expect(phasesWithTime(times) == [.update])
    #expect(times.totalSeconds == times.seconds(in: .update))
  }

  @Test func plainMatricesAreUpdatedInAPassOfTheirOwn() throws {
    let step = try step(SGD(learningRate: 0.1), engine: .openBLAS)
    let times = StepPhaseTimes()
    step.phaseTimes = times
    run(step, batch: 64, fused: true)
    #expect(phasesWithTime(times) == Self.passes.union([.update]))
  }

  /// A dense layer that leaves its update to the step.
  private struct UnfusedDense: Layer {
    let dense: Dense
    var description: String { "unfused \(dense)" }
    func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
      var plan = try dense.plan(for: input, context)
      plan.fusesUpdate = false
      return plan
    }
    func forward<S: Scalar>(_ pass: LayerPass<S>) { dense.forward(pass) }
    func backward<S: Scalar>(_ pass: LayerPass<S>) { dense.backward(pass) }
  }

  @Test func aLayerThatDoesNotFuseIsUpdatedInAPassOfItsOwn() throws {
    let model = Sequential(inputShape: [Self.features]) { UnfusedDense(dense: Dense(3)) }
    let step = try step(SGD(learningRate: 0.1), model: model)
    let times = StepPhaseTimes()
    step.phaseTimes = times
    run(step, batch: 64, fused: true)
    #expect(phasesWithTime(times) == Self.passes.union([.update]))
  }

  /// y = 2x, which marks no parts of its backward pass.
  private struct Doubling: Layer {
    var description: String { "doubling" }
    func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
      LayerPlan(output: input)
    }
    func forward<S: Scalar>(_ pass: LayerPass<S>) {
      for i in 0..<pass.batch {
        for j in 0..<pass.input.columns { pass.output[i, j] = 2 * pass.input[i, j] }
      }
    }
    func backward<S: Scalar>(_ pass: LayerPass<S>) {
      guard let dx = pass.inputGradient, let dy = pass.outputGradient else { return }
      for i in 0..<pass.batch {
        for j in 0..<dx.columns { dx[i, j] = 2 * dy[i, j] }
      }
    }
  }

  @Test func whatALayerDoesNotMarkIsCountedAsOther() throws {
    let model = Sequential(inputShape: [Self.features]) {
      Doubling()
      Doubling()
      Doubling()
    }
    let labels = try data()
    let values = try Dataset(
      name: "test", features: labels.features, exampleShape: [Self.features], targets: .values(labels.features))
    let step = try TrainingStep<Float>(
      Network(model, seed: 1, context: .test(Float.self)), on: values, loss: .meanSquaredError,
      optimizer: SGD(learningRate: 0.1), capacity: 200,
      team: ThreadTeam(threads: 1))
    let times = StepPhaseTimes()
    step.phaseTimes = times
    run(step, batch: 200, fused: true)
    #expect(phasesWithTime(times) == [.data, .forward, .loss])
    #expect(times.seconds(in: .other) > 0)
  }

  /// Phases do not overlap, and nothing is counted that lies outside the steps.
  @Test func phasesAreNoLongerTogetherThanTheSteps() throws {
    func now() -> Int64 {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    let step = try step(SGD(learningRate: 0.1))
    let times = StepPhaseTimes()
    step.phaseTimes = times
    var bound: Int64 = 0
    for fused in [true, false, true, false] {
      // Between steps time passes that belongs to none.
      usleep(2000)
      let begin = now()
      run(step, batch: 32, fused: fused)
      bound += now() - begin
    }
    #expect(times.totalSeconds <= Double(bound) * 1e-9)
    let sum = StepPhase.allCases.reduce(0) { $0 + times.seconds(in: $1) }
    #expect(abs(sum - times.totalSeconds) <= 1e-12)
  }

  @Test func timesAddUpOverSteps() throws {
    let step = try step(SGD(learningRate: 0.1))
    let times = StepPhaseTimes()
    step.phaseTimes = times
    var last = [Double](repeating: 0, count: StepPhase.allCases.count)
    for _ in 0..<3 {
      run(step, batch: 32, fused: false)
      let seconds = StepPhase.allCases.map(times.seconds)
      for (phase, (now, before)) in zip(StepPhase.allCases, zip(seconds, last)) where phase != .other {
        #expect(now > before, "\(phase.rawValue)")
      }
      last = seconds
    }
    step.phaseTimes = nil
    run(step, batch: 32, fused: false)
    #expect(StepPhase.allCases.map(times.seconds) == last)
  }

  @Test(arguments: [1, 8, 200], [true, false])
  func recordingChangesNoBit(_ batch: Int, _ fused: Bool) throws {
    let plain = try step(Adam(learningRate: 0.01))
    let recorded = try step(Adam(learningRate: 0.01))
    recorded.phaseTimes = StepPhaseTimes()
    run(plain, batch: batch, fused: fused, times: 5)
    run(recorded, batch: batch, fused: fused, times: 5)
    #expect(plain.network.parameters.elements.elementsEqual(recorded.network.parameters.elements))
    #expect(plain.gradient.elements.elementsEqual(recorded.gradient.elements))
  }

  @Test func phasesAreNamedAsInFiles() {
    #expect(
      StepPhase.allCases.map(\.rawValue) == [
        "data", "forward", "loss", "backward-data", "backward-weights", "update", "other",
      ])
  }
}
