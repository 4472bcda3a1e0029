import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import CAllocationCounter
import Glibc
import Testing

/// Batches that grow on the way, in a run.
@Suite struct GrowingBatchTests {
  /// One update: the size that was asked for, the examples it took, and its share of the base rate.
  struct Update: Equatable {
    var size: Int
    var examples: Int
    var share: Double
  }

  /// The updates of a run, walked through by loops that know nothing of samplers and schedules.
  private static func naive(_ run: TinyRun, milestones: [Int], factor: Int, limit: Int) -> [Update] {
    var updates: [Update] = []
    for epoch in 0..<run.epochs {
      var place = 0
      while place < TinyRun.exampleCount {
        var size = run.batch
        for milestone in milestones where epoch * TinyRun.exampleCount + place >= milestone { size *= factor }
        let share = Double(min(size, limit)) / Double(size)
        size = min(size, limit)
        var examples = size
        if place + size > TinyRun.exampleCount {
          if run.lastBatch == .drop { break }
          if run.lastBatch == .keep { examples = TinyRun.exampleCount - place }
        }
        updates.append(Update(size: size, examples: examples, share: share))
        place += size
      }
    }
    return updates
  }

  static let growths: [(text: String, milestones: [Int], factor: Int, limit: Int)] = [
    ("grow:1,2:2", [210, 420], 2, 210),
    // Within epochs, where the first batch of the new size begins anywhere.
    ("grow:0.5,1.5:3", [105, 315], 3, 210),
    ("grow:50%:4", [315], 4, 210),
    // The run ends before the second milestone, and needs no memory for it.
    ("grow:1,30:4", [210, 6300], 4, 210),
    // Beyond the limit the rate falls instead.
    ("grow:1,2:3:20", [210, 420], 3, 20),
  ]

  @Test(arguments: growths.indices, BatchSampler.LastBatch.allCases)
  func theBatchGrowsAtTheMilestones(_ index: Int, _ lastBatch: BatchSampler.LastBatch) throws {
    let growth = Self.growths[index]
    var run = try TinyRun.plain(rate: 0.01)
    run.batch = 8
    run.lastBatch = lastBatch
    run.batchSchedule = growth.text
    let trainer = try run.trainer(Float.self)
    let expected = Self.naive(run, milestones: growth.milestones, factor: growth.factor, limit: growth.limit)
    #expect(trainer.plannedUpdates == expected.count)
    #expect(trainer.step.capacity == expected.map(\.size).max())
    let memory = trainer.step.gradient.baseAddress
    var updates: [Update] = []
    var seen = 0
    let outcome = try trainer.run(
      TrainingObserver(onUpdate: { _, _ in
        updates.append(
          Update(
            size: try #require(trainer.progress.batchSize), examples: trainer.progress.examples - seen,
            share: try #require(trainer.progress.learningRate) / 0.01))
        seen = trainer.progress.examples
      }))
    #expect(outcome == .finished && trainer.step.gradient.baseAddress == memory)
    #expect(updates.map(\.size) == expected.map(\.size))
    #expect(updates.map(\.examples) == expected.map(\.examples))
    #expect(zip(updates, expected).allSatisfy { abs($0.share - $1.share) < 1e-12 })
    #expect(trainer.progress.update == trainer.plannedUpdates && trainer.progress.epoch == run.epochs)
  }

  /// A run that was begun with more epochs has made more updates, with smaller batches, than one of fewer would.
  @Test func whatIsDoneIsAShareOfTheEpochs() throws {
    var run = try TinyRun.plain(rate: 0.01)
    (run.batch, run.batchSchedule, run.epochs) = (5, "grow:50%:4", 8)
    let folder = TemporaryFolder()
    let long = try run.trainer(Float.self)
    var shares: [Double] = []
    _ = try long.run(
      TrainingObserver(onUpdate: { _, _ in shares.append(long.share) }, shouldStop: { long.progress.epoch == 4 }))
    #expect(shares == shares.sorted() && shares.last == 0.5 && abs(shares[0] - 5 / 210 / 8) < 1e-12)
    try long.save(to: "\(folder.path)/c")
    run.epochs = 5
    let short = try run.trainer(Float.self)
    try short.restore(Checkpoint(path: "\(folder.path)/c"))
    #expect(short.progress.update > short.plannedUpdates && short.share == 0.8)
    #expect(try short.run() == .finished && short.share == 1)
  }

  /// Batches that fit in a micro-batch go through at once, as in a run that never grows: to the bit.
  @Test func theMicroBatchDoesNotDependOnWhatTheBatchGrowsTo() throws {
    var run = try TinyRun.plain(rate: 0.01)
    run.batch = 8
    run.microBatch = 8
    let fixed = try run.trainer(Float.self)
    run.batchSchedule = "grow:1:1.5"
    let growing = try run.trainer(Float.self)
    #expect(growing.step.capacity == 12 && growing.step.microBatch == 8)
    func parametersAfterAnEpoch(_ trainer: Trainer<Float>) throws -> [Float] {
      var parameters: [Float] = []
      _ = try trainer.run(
        TrainingObserver(
          onUpdate: { _, _ in parameters = trainer.parameterValues }, shouldStop: { trainer.progress.epoch == 1 }))
      return parameters
    }
    #expect(try parametersAfterAnEpoch(growing) == parametersAfterAnEpoch(fixed))
  }

  /// A fixed batch: the number of updates is that of the batches in an epoch times the epochs.
  @Test(arguments: [1, 7, 64, 105, 209, 210], BatchSampler.LastBatch.allCases)
  func plannedUpdatesAreTheUpdatesMade(batch: Int, lastBatch: BatchSampler.LastBatch) throws {
    var run = try TinyRun.plain(rate: 0.01)
    run.batch = batch
    run.epochs = 2
    run.lastBatch = lastBatch
    let trainer = try run.trainer(Float.self)
    let perEpoch = lastBatch == .drop ? 210 / batch : (210 + batch - 1) / batch
    #expect(trainer.plannedUpdates == 2 * perEpoch)
    #expect(try trainer.run() == .finished)
    #expect(trainer.progress.update == trainer.plannedUpdates && trainer.step.updates == trainer.plannedUpdates)
  }

  /// No update allocates, those with a new batch size and those that begin an epoch included; evaluations may.
  @Test(.enabled(if: !_isDebugAssertConfiguration() && !Sanitizer.isOn)) func growingAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      var run = try TinyRun.plain(rate: 0.01)
      run.batch = 2
      run.batchSchedule = "grow:0.5,1.5:3"
      run.schedule = "cosine"
      run.threads = 2
      run.regularisation = try Regularisation(clipping: .norm(1), averaging: .ema(decay: 0.9))
      let trainer = try run.trainer(Float.self)
      let counts = UnsafeMutablePointer<Int>.allocate(capacity: trainer.plannedUpdates + 1)
      let sizes = UnsafeMutablePointer<Int>.allocate(capacity: trainer.plannedUpdates + 1)
      var evaluated: Set<Int> = []
      _ = try trainer.run(
        TrainingObserver(
          onUpdate: { update, _ in
            sizes[update] = trainer.progress.batchSize ?? 0
            counts[update] = allocation_count()
          },
          onEvaluation: { evaluated.insert($0.update) }))
      var grown = 0
      // The first updates may set up what later ones use.
      for update in 4...trainer.plannedUpdates where !evaluated.contains(update) {
        let allocations = counts[update] - counts[update - 1]
        precondition(allocations == 0, "update \(update) made \(allocations) allocations")
        if sizes[update] > sizes[update - 1] { grown += 1 }
      }
      precondition(grown == 2, "the batch grew \(grown) times")
    }
  }
}
