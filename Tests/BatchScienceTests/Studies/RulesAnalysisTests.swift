import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchProfiling
@testable import BatchScience

@Suite struct RulesAnalysisTests {
  private let linear: RuleVariant
  private let sqrt: RuleVariant

  init() throws {
    linear = RuleVariant(rule: try LearningRateRuleCodec.read("linear"), warmsUp: false)
    sqrt = RuleVariant(rule: try LearningRateRuleCodec.read("sqrt"), warmsUp: false)
  }

  private func analysis(
    _ outcomes: [RuleVariant: [Int: [Double?]]], measure: RunMeasure = .accuracy
  ) throws -> RulesAnalysis {
    try RulesAnalysis(RulesFixture.results(outcomes, measure: measure))
  }

  @Test func takesTheBaseBatchFromTheReference() throws {
    let analysis = try analysis([
      .reference: [8: [0.90, 0.91, 0.89], 32: [0.90, 0.91, 0.89], 128: [0.80, 0.81, 0.79]],
      linear: [32: [0.9, 0.9, 0.9], 128: [0.88, 0.89, 0.87]],
    ])
    #expect(analysis.cell(linear, 8)?.summary.test.values == [0.90, 0.91, 0.89])
    #expect(analysis.cell(linear, 8)?.recovered == nil && analysis.cell(.reference, 128)?.recovered == nil)
    #expect(analysis.cells(of: linear).map(\.learningRate) == [0.02, 0.08, 0.32])
    // What has not been run is not made up, but for the base batch, which is the reference's.
    #expect(analysis.cells(of: sqrt).map(\.batchSize) == [8])
    #expect(analysis.cells(of: linear).map(\.summary.elapsedSeconds.mean) == [2, 2, 2])
  }

  @Test func sharesAreOfTheLossAtTheSameBatchSize() throws {
    let analysis = try analysis([
      .reference: [8: [0.90, 0.91, 0.89], 32: [0.90, 0.90, 0.90], 128: [0.80, 0.81, 0.79]],
      linear: [32: [0.9, 0.9, 0.9], 128: [0.88, 0.89, 0.87]],
    ])
    #expect(analysis.lossyBatchSizes == [128])
    #expect(abs(try #require(analysis.losses[128]).mean - 0.1) < 1e-12)
    #expect(analysis.cell(linear, 32)?.recovered == .nothingToRecover)
    guard case .share(let share, let interval)? = analysis.cell(linear, 128)?.recovered else {
      Issue.record("no share at batch 128")
      return
    }
    // Each seed loses 0.1 and gains 0.08.
    #expect(abs(share - 0.8) < 1e-9 && interval.upperBound - interval.lowerBound < 1e-6)
  }

  /// The same numbers as losses, of which less is better, mean the opposite.
  @Test func lessIsBetterForALoss() throws {
    let analysis = try analysis(
      [.reference: [8: [0.10, 0.11], 128: [0.20, 0.21]], linear: [128: [0.12, 0.13]]], measure: .loss)
    #expect(analysis.measure == .loss && analysis.lossyBatchSizes == [128])
    guard case .share(let share, _)? = analysis.cell(linear, 128)?.recovered else {
      Issue.record("no share at batch 128")
      return
    }
    #expect(abs(share - 0.8) < 1e-9)
  }

  @Test func divergedRunsAreCountedAndLeaveNoShare() throws {
    let analysis = try analysis([
      .reference: [8: [0.90, 0.91, 0.89], 32: [0.80, nil, 0.80], 128: [0.80, 0.81, 0.79]],
      linear: [32: [0.89, 0.89, 0.89], 128: [0.88, nil, nil]], sqrt: [128: [nil, nil, nil]],
    ])
    let cell = try #require(analysis.cell(linear, 128))
    #expect(cell.trialCount == 3 && cell.summary.divergedCount == 2 && cell.summary.test.values == [0.88])
    #expect(cell.recovered == .diverged(2))
    #expect(analysis.cell(linear, 32)?.recovered == .diverged(1))
    #expect(analysis.cell(sqrt, 128)?.recovered == .diverged(3))
  }

  @Test func seedsThatAreNotFinishedAreLeftOut() throws {
    let analysis = try analysis([
      .reference: [8: [0.90, 0.91, 0.89], 128: [0.80, 0.81]], linear: [128: [0.88]],
    ])
    #expect(analysis.losses[128]?.count == 2 && analysis.lossyBatchSizes == [128])
    #expect(analysis.cell(linear, 128)?.recovered == .tooFewSeeds)
  }
}
