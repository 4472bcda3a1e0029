import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import CAllocationCounter
import Testing

/// The counter sees every thread of its process, so that each test runs in a process of its own.
///
/// Only optimised code is held to it: unoptimised Swift boxes what it passes around. So are only the package's kernels:
/// some of OpenBLAS's allocate.
@Suite(.enabled(if: !_isDebugAssertConfiguration() && GEMMEngine.underTest != .openBLAS && !Sanitizer.isOn))
struct AllocationTests {
  @Test(arguments: NamedLoss.known.map(NamedLoss.init), [false, true])
  func aStepAllocatesNothing(_ loss: NamedLoss, recordsPhases: Bool) async {
    await #expect(processExitsWith: .success) { [loss, recordsPhases] in
      try Self.requireNoAllocations(
        loss.wrappedValue, SGD(learningRate: 0.1, momentum: 0.9), times: recordsPhases ? StepPhaseTimes() : nil)
    }
  }

  @Test(arguments: OptimizerSettings.Kind.allCases)
  func noOptimizerAllocates(_ kind: OptimizerSettings.Kind) async {
    await #expect(processExitsWith: .success) { [kind] in
      let settings = try OptimizerSettings(kind, learningRate: 0.001)
      try Self.requireNoAllocations(.softmaxCrossEntropy, settings.optimizer, times: nil)
    }
  }

  /// In steps that update at once and in those that write the gradient.
  ///
  /// Inner products are left out: OpenBLAS computes them.
  @Test(arguments: [StepNeeds.exampleNorms.rawValue, StepNeeds.elementSquares.rawValue])
  func anObservedStepAllocatesNothing(_ needs: UInt8) async {
    await #expect(processExitsWith: .success) { [needs] in
      try Self.requireNoAllocations(
        .softmaxCrossEntropy, SGD(learningRate: 0.1, momentum: 0.9), times: nil, needs: StepNeeds(rawValue: needs))
    }
  }

  private static func requireNoAllocations(
    _ loss: any Loss, _ optimizer: any Optimizer, times: StepPhaseTimes?, needs: StepNeeds = []
  ) throws {
    let data = try Dataset(
      name: "zeros", features: Matrix(rows: 64, columns: 20), exampleShape: [20],
      targets: .classes(labels: (0..<64).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
    let model = Sequential(inputShape: [20]) {
      // Wide enough that the threads share it.
      Dense(512, .relu)
      Dense(33, .relu)
      Dense(17, .gelu)
      Dense(3)
    }
    let step = try TrainingStep(
      Network<Float>(model, seed: 1, context: .test(Float.self)), on: data, loss: loss, optimizer: optimizer,
      capacity: 64, needs: needs, team: ThreadTeam(threads: 2))
    var sampler = try BatchSampler(exampleCount: 64, batchSize: 64, seed: 1)
    step.phaseTimes = times
    var before = 0
    for epoch in -3..<100 {
      // The first steps may set up what later ones use.
      if epoch == 0 { before = allocation_count() }
      sampler.start(epoch: epoch + 3)
      step.optimizer.learningRate = 0.001 / Double(epoch + 4)
      _ = sampler.withBatch(0) { step($0, observing: needs) }
      _ = sampler.withBatch(0) { step.computeGradient($0, observing: needs) }
      step.update()
      times?.reset()
    }
    let allocations = allocation_count() - before
    precondition(allocations == 0, "100 steps made \(allocations) allocations")
  }

  /// In three micro-batches, clipped, smoothed, averaged, through a layer that draws random numbers.
  @Test(arguments: [false, true])
  func aRegularisedStepAllocatesNothing(clipsNorm: Bool) async {
    await #expect(processExitsWith: .success) { [clipsNorm] in
      let data = try Dataset(
        name: "zeros", features: Matrix(rows: 64, columns: 20), exampleShape: [20],
        targets: .classes(labels: (0..<64).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
      let model = Sequential(inputShape: [20]) {
        // So wide that 20 examples, the last micro-batch, are enough for the threads to share the dropout.
        Dense(1024, .relu)
        Dropout(0.5)
        Dense(3)
      }
      let team = try ThreadTeam(threads: 2)
      let network = try Network<Float>(model, seed: 1, context: .test(Float.self))
      let optimizer: any Optimizer = try SGD(learningRate: 0.1, momentum: 0.9)
      let step = try TrainingStep(
        network, on: data, loss: .softmaxCrossEntropy, optimizer: optimizer, capacity: 64, microBatch: 22,
        regularisation: Regularisation(clipping: clipsNorm ? .norm(1e-3) : .value(1e-3), labelSmoothing: 0.1),
        team: team)
      let averager = try WeightAverager(.ema(decay: 0.9), of: network, team: team)
      var sampler = try BatchSampler(exampleCount: 64, batchSize: 64, seed: 1)
      let start = TrainingPosition(examples: 0, examplesPerEpoch: 64, totalExamples: 640)
      let end = TrainingPosition(examples: 64, examplesPerEpoch: 64, totalExamples: 640)
      var before = 0
      for epoch in 0..<103 {
        // The first steps may set up what later ones use.
        if epoch == 3 { before = Int(allocation_count()) }
        sampler.start(epoch: epoch)
        _ = sampler.withBatch(0) { step($0) }
        averager.update(from: start, to: end)
      }
      let allocations = Int(allocation_count()) - before
      precondition(allocations == 0, "100 steps made \(allocations) allocations")
    }
  }
}
