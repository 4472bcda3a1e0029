import BatchAlgebra
import BatchData
import BatchProfiling
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// Small profiles on the machine that runs the tests: what is in them, and never how long it took.
@Suite(.serialized) struct StepProfilerTests {
  private func profiler(
    batchSizes: [Int] = [1, 2, 4, 8, 16], memory: Int = 1 << 24, rate: Double = 0.01, scale: Float = 1
  ) throws -> StepProfiler<Float> {
    try BLASLibrary.prepare()
    var timing = TimingSettings()
    (timing.sampleSeconds, timing.warmUpSeconds) = (1e-4, 1e-5)
    (timing.minimumCycles, timing.maximumCycles, timing.maximumSeconds) = (6, 6, 0)
    let data = try #require(try DataSource(parsing: "dots", directory: nil, label: nil).load(validation: 16, seed: 1))
    let train = try Dataset(
      name: "dots",
      features: Matrix(
        rows: data.train.count, columns: data.train.featureCount, data.train.features.elements.map { $0 * scale }),
      targets: data.train.targets)
    let text = try ModelText("mlp:32")
    let optimizer = try SGD(learningRate: rate, momentum: 0.9)
    return try StepProfiler(
      StepProfilePlan(
        model: text.description, data: "dots", inputs: train.featureCount,
        outputs: train.targets.outputCount, loss: .softmaxCrossEntropy, optimizer: optimizer.description,
        batchSizes: batchSizes, threads: 2, memory: memory, timing: timing),
      model: text.model(for: train), data: train, optimizer: optimizer)
  }

  @Test func aProfileHoldsEveryBatchSizeAndReadsBackTheSame() throws {
    let profile = try profiler().run()
    #expect(profile.points.map(\.batch) == [1, 2, 4, 8, 16] && profile.cycles == 6 && !profile.wasStopped)
    for point in profile.points {
      let time = try #require(point.time).value
      #expect(abs(point.phases.reduce(0) { $0 + $1.seconds } - time) < 1e-9 * time)
      #expect(point.phases.map(\.phase) == StepPhase.allCases && point.phases.allSatisfy { $0.seconds >= 0 })
      #expect((0.01...1).contains(try #require(point.productShare)) && point.utilisation > 0)
      #expect(point.samples.times.count >= 5 && point.memory.capacity == point.batch)
    }
    #expect(profile.controls?.map(\.threads) == [2] && profile.controls?[0].samples.times.count ?? 0 >= 5)
    let folder = TemporaryFolder()
    try Profile.step(profile).write(to: "\(folder.path)/profile.json")
    #expect(try Profile(path: "\(folder.path)/profile.json") == .step(profile))
    // Whatever else runs beside the tests.
    var quiet = profile
    for index in quiet.points.indices {
      quiet.points[index].samples.calm = quiet.points[index].samples.calm.map { _ in 1 }
      quiet.points[index].samples.disturbedCycles = 0
    }
    let analysis = try StepAnalysis(quiet)
    #expect(analysis.advice.count == 5 && analysis.linearity?.predictions.count == 2)
  }

  /// A rate at which the training diverges within a few steps changes nothing of what is timed.
  @Test func timesAreOfWholeStepsWhateverTheRate() throws {
    for rate in [1e-3, 1e6] {
      let profile = try profiler(batchSizes: [4, 16], rate: rate).run()
      for point in profile.points {
        let backward = point.phases.filter { [.backwardWeights, .update].contains($0.phase) }
        #expect(backward.reduce(0) { $0 + $1.seconds } > 0.02 * (try #require(point.time).value), "rate \(rate)")
        #expect(!point.isBeyondPeak)
      }
    }
  }

  @Test func aLossThatIsNoNumberIsRefused() throws {
    #expect(throws: StepProfileError.notFinite(batch: 4)) { try profiler(batchSizes: [4, 16], scale: 5e37).run() }
  }

  @Test func theLargestBatchFitsTheMemory() throws {
    let profiler = try profiler(batchSizes: [1])
    let profile = try profiler.run()
    let largest = try #require(profile.largestBatch)
    #expect(largest > 100)
    #expect(try self.profiler(batchSizes: [1], memory: 1000).run().largestBatch == nil)
    profiler.runUntimed(batch: 1, calls: 2)
  }

  @Test func whatCannotBeDoneIsRefused() throws {
    #expect(throws: StepProfileError.noBatchSizes) { try profiler(batchSizes: []) }
    let error = try #require(throws: StepProfileError.self) { try profiler(batchSizes: [1 << 20]) }
    #expect(error.description.contains("a batch of 1048576 needs more examples"))
  }

  @Test func aFusedUpdateIsWhatTheGradientTakesLonger() {
    let split = PhaseSplit(
      fused: [.forward: 1, .backwardWeights: 3], apart: [.forward: 1, .backwardWeights: 2, .update: 4])
    let phases = Dictionary(uniqueKeysWithValues: split.phases(total: 8).map { ($0.phase, $0.seconds) })
    #expect(phases[.forward] == 2 && phases[.backwardWeights] == 4 && phases[.update] == 2 && phases[.data] == 0)
    let faster = PhaseSplit(fused: [.backwardWeights: 3], apart: [.backwardWeights: 4])
    #expect(faster.phases(total: 3).first { $0.phase == .update }?.seconds == 0)
  }
}
