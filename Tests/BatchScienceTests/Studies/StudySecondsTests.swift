import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// Seconds of a study whose trials were disturbed, by step times that are known.
@Suite struct StudySecondsTests {
  private let data = 1000
  private func secondsPerStep(_ batch: Int) -> Double { 100e-6 + 2e-6 * Double(batch) }

  private func plan(_ batches: [Int], seeds: [UInt64]) throws -> SweepPlan {
    var plan = SweepPlan(
      data: "dots", splits: try DataSource.dots(examples: 300).load(seed: 1), model: "mlp:6",
      loss: .softmaxCrossEntropy,
      recipe: TrainingRecipe(optimizer: try SGD(learningRate: 0.1)), batchSizes: batches, seeds: seeds, epochs: 5,
      lastBatch: .keep)
    plan.exampleCounts[0] = data
    return plan
  }

  /// Runs whose clock shows one to four times what their steps take, evenly drawn for each epoch; accuracies rise with the
  /// number of updates.
  private func results(
    _ batches: [Int], seeds: [UInt64] = [1, 2, 3], disturbed: Set<Int> = [], machines: [String?] = [nil],
    hasTimes: Bool = true
  ) throws -> StudyResults<SweepPlan> {
    let plan = try plan(batches, seeds: seeds)
    let description = StudyDescription(plan: plan, context: .oneThread)
    var random = RandomStream(seed: 7, name: "disturbance")
    let trials = plan.trials.map { trial in
      let steps = (data + trial.batchSize - 1) / trial.batchSize
      var seconds = 0.0
      let records = (0...plan.epochs).map { epoch in
        if epoch > 0 { seconds += Double(steps) * secondsPerStep(trial.batchSize) * (1 + 3 * random.uniform()) }
        return EvaluationRecord(
          update: epoch * steps, epoch: Double(epoch), examples: epoch * data, seconds: seconds, batchLoss: nil,
          trainingLoss: 1, trainingAccuracy: 0.5, validationLoss: 1,
          validationAccuracy: 0.1 + 1e-4 * Double(epoch * steps) + 1e-3 * Double(trial.seed), distance: 0,
          gradientNorm: 1, batchSize: epoch > 0 ? trial.batchSize : nil)
      }
      return TrialResult<SweepPlan>(
        start: TrialStart(study: description.fingerprint, trial: trial, environment: .current(.oneThread)),
        records: records,
        outcome: TrainedOutcome(
          learningRate: 0.1, parameters: 1, updates: plan.epochs * steps, testLoss: 1, testAccuracy: 0.5))
    }
    let times = machines.enumerated().map { index, machine in
      StepTimesFixture.times(of: description, batches, disturbed: disturbed, on: machine) {
        secondsPerStep($0) * Double(index + 1)
      }
    }
    return StudyResults(description: description, trials: trials, stepTimes: hasTimes ? times : [])
  }

  /// What a machine gave beside three other programs does not matter: seconds and rates are those of its steps.
  @Test func areThoseOfTheStepsWhateverTheClockSays() throws {
    let analysis = SweepAnalysis(try results([8, 20, 125]))
    for summary in analysis.summaries {
      let steps = Double(data / summary.batchSize)
      let truth = steps * secondsPerStep(summary.batchSize)
      #expect(summary.hasQuietSeconds && summary.secondsPerEpoch.isQuiet)
      #expect(abs(summary.secondsPerEpoch.value / truth - 1) < 1e-9)
      #expect(abs(summary.seconds.value / truth - 5) < 1e-8)
      #expect(abs(summary.secondsPerUpdate.value / secondsPerStep(summary.batchSize) - 1) < 1e-9)
      #expect(abs(summary.examplesPerSecond.value * truth / Double(data) - 1) < 1e-9)
      let interval = try #require(summary.seconds.interval)
      #expect(interval.contains(5 * truth) && interval.lowerBound > 4.9 * truth && interval.upperBound < 5.1 * truth)
      // The clock says something else, and stands beside it.
      #expect(summary.elapsedSeconds.mean > 1.5 * 5 * truth)
      #expect(abs(summary.elapsedSecondsPerEpoch.mean * 5 / summary.elapsedSeconds.mean - 1) < 1e-9)
    }
    let (small, large) = (analysis.summaries[0], analysis.summaries[2])
    #expect(large.examplesPerSecond.isSurelyMore(than: small.examplesPerSecond))
    #expect(!small.examplesPerSecond.isSurelyMore(than: large.examplesPerSecond))
    // The least that all runs had is the time of the largest batch.
    #expect(abs(try #require(analysis.common(.seconds)) / large.seconds.value - 1) < 1e-9)
    let ranking = try #require(analysis.comparison(at: .seconds)).ranking
    #expect(ranking.entries.map(\.name) == [8, 20, 125] && ranking.best?.name == 8)
    // Of batch 8 there were so many updates by then, a hundredth of its accuracy more or less by the interval.
    let updates = try #require(analysis.common(.seconds)) / secondsPerStep(8)
    #expect(abs(ranking.entries[0].sample.mean - (0.1 + 1e-4 * updates + 2e-3)) < 1e-9)
    #expect(ranking.entries[0].slack > 0 && ranking.entries[0].slack < 0.01 * 1e-4 * updates)
    // Curves are drawn over the same seconds.
    let curve = large.curve(over: .seconds).map(\.used)
    let end = try #require(curve.last)
    #expect(curve.first == 0 && abs(end / large.seconds.value - 1) < 1e-9)
  }

  /// The last batch of an epoch is short, and takes less time than the others.
  @Test func countShortBatchesByTheirSize() throws {
    let analysis = SweepAnalysis(try results([8, 300, 600]))
    // 1000 examples are three batches of 300 and one of 100; one of 600 and one of 400.
    let truth = [
      125 * secondsPerStep(8), 3 * secondsPerStep(300) + secondsPerStep(100), secondsPerStep(600) + secondsPerStep(400),
    ]
    for (summary, truth) in zip(analysis.summaries, truth) {
      #expect(abs(summary.secondsPerEpoch.value / truth - 1) < 1e-6, "\(summary.batchSize)")
    }
    // Alone, nothing tells how much less: the whole time is counted.
    let alone = SweepAnalysis(try results([300])).summaries[0]
    #expect(abs(alone.secondsPerEpoch.value / (4 * secondsPerStep(300)) - 1) < 1e-9)
    // Below the smallest size the line of the first two goes on.
    let two = SweepAnalysis(try results([300, 600])).summaries[0]
    #expect(abs(two.secondsPerEpoch.value / truth[1] - 1) < 1e-6)
  }

  @Test func sizesThatNeverGotQuietAreNotRanked() throws {
    let analysis = SweepAnalysis(try results([8, 20, 125], disturbed: [20]))
    #expect(analysis.summaries.map(\.hasQuietSeconds) == [true, false, true])
    let elapsed = analysis.summaries[1]
    #expect(!elapsed.seconds.isQuiet && elapsed.seconds.value == elapsed.elapsedSeconds.mean)
    #expect(elapsed.seconds.quietValue == nil && elapsed.seconds.quietInterval == nil)
    #expect(!analysis.summaries[2].examplesPerSecond.isSurelyMore(than: elapsed.examplesPerSecond))
    #expect(analysis.comparison(at: .seconds)?.ranking.entries.map(\.name) == [8, 125])
    #expect(analysis.comparison(at: .epochs)?.ranking.entries.map(\.name) == [8, 20, 125])
    // One alone is compared with nothing.
    #expect(SweepAnalysis(try results([8, 20, 125], disturbed: [8, 20])).comparison(at: .seconds) == nil)
    for results in [try results([8, 20], disturbed: [8, 20]), try results([8, 20], hasTimes: false)] {
      let analysis = SweepAnalysis(results)
      #expect(analysis.comparison(at: .seconds) == nil && analysis.common(.seconds) == nil)
      #expect(analysis.comparison(at: .updates) != nil && analysis.summaries.allSatisfy { !$0.hasQuietSeconds })
    }
  }

  /// Whatever the trials ran on, all seconds are of one machine: the one with most sizes, then with most trials.
  @Test func areOfOneMachine() throws {
    let results = try results([8, 20], machines: ["A", nil, "B"])
    #expect(results.chosenStepTimes == results.stepTimes[1])
    let summary = SweepAnalysis(results).summaries[0]
    #expect(abs(summary.secondsPerUpdate.value / (2 * secondsPerStep(8)) - 1) < 1e-9)
  }

  @Test func aRunWhoseBatchGrowsCountsEachSize() throws {
    let description = StudyDescription(plan: try plan([8], seeds: [1]), context: .oneThread)
    let curve = try #require(
      StepTimeCurve(StepTimesFixture.times(of: description, [8, 32]) { secondsPerStep($0) }))
    func record(_ update: Int, _ examples: Int, _ batch: Int?) -> EvaluationRecord {
      EvaluationRecord(
        update: update, epoch: Double(update), examples: examples, seconds: 0, batchLoss: nil, trainingLoss: 0,
        trainingAccuracy: nil, validationLoss: 0, validationAccuracy: nil, distance: 0, gradientNorm: nil,
        batchSize: batch)
    }
    // Ten of 8; five of 8 and five of 32; ten of 32.
    let records = [record(0, 0, nil), record(10, 80, 8), record(20, 280, 32), record(30, 600, 32)]
    let seconds = try #require(curve.seconds(of: records, batchSize: 8))
    let truth = [0, 10 * secondsPerStep(8), 15 * secondsPerStep(8) + 5 * secondsPerStep(32)]
    #expect(largestError(seconds.prefix(3).map(\.value), truth) < 1e-12)
    #expect(abs(seconds[3].value - truth[2] - 10 * secondsPerStep(32)) < 1e-12)
    #expect(curve.seconds(of: records + [record(40, 1240, 64)], batchSize: 8) == nil)
    #expect(curve.seconds(of: [record(0, 0, nil)], batchSize: 16) == nil)
  }

  /// In proportion to the study, never long, and left out where a few steps would take as long as the study.
  @Test func stepsAreTimedForASmallPartOfTheStudy() throws {
    let usual = try #require(
      StepTimingBudget.settings(stepSeconds: [1e-4, 3e-4, 1e-3], studySeconds: 30))
    #expect(usual.maximumSeconds == 4 && usual.minimumCycles == 12 && usual.sampleSeconds == 1e-3)
    #expect(try #require(StepTimingBudget.settings(stepSeconds: [1e-3], studySeconds: 1e6)).maximumSeconds == 10)
    let tiny = try #require(StepTimingBudget.settings(stepSeconds: [1e-5, 1e-5, 2e-5], studySeconds: 0.01))
    #expect(tiny.maximumSeconds == 0.05 && tiny.sampleSeconds < 1e-3 && tiny.minimumCycles >= 5)
    // Six steps of a second in a study of ten: no.
    #expect(StepTimingBudget.settings(stepSeconds: [1], studySeconds: 10) == nil)
    #expect(StepTimingBudget.settings(stepSeconds: [1], studySeconds: 1000) != nil)
  }
}
