import BatchAlgebra
import BatchData
import BatchTraining
import CAllocationCounter
import Testing

/// Only optimised code is held to it: unoptimised Swift boxes what it passes around.
@Suite(.serialized, .enabled(if: !_isDebugAssertConfiguration())) struct AllocationTests {
  @Test(arguments: Loss.allCases)
  func aStepAllocatesNothing(_ loss: Loss) throws {
    let data = try Dataset(
      name: "zeros", features: Matrix(rows: 64, columns: 20), exampleShape: [20],
      targets: .classes(labels: (0..<64).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
    let model = Sequential(inputShape: [20]) {
      Dense(33, .relu)
      Dense(17, .gelu)
      Dense(3)
    }
    let step = try TrainingStep(
      Network<Float>(model, seed: 1), on: data, loss: loss, optimizer: SGD(learningRate: 0.1, momentum: 0.9),
      capacity: 64, team: ThreadTeam(threads: 2))
    var sampler = try BatchSampler(exampleCount: 64, batchSize: 64, seed: 1)
    sampler.start(epoch: 0)
    // Other tests run beside this one: the least of many trials is what the step itself allocates.
    var least = Int.max
    for _ in 0..<200 {
      let before = allocation_count()
      for _ in 0..<10 { _ = sampler.withBatch(0) { step($0) } }
      least = min(least, allocation_count() - before)
    }
    #expect(least == 0, "10 steps made \(least) allocations")
  }
}
