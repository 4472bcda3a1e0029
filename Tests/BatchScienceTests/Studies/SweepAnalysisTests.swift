import BatchAlgebra
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchProfiling
@testable import BatchScience

@Suite struct SweepAnalysisTests {
  /// A trial whose validation accuracy after each of its epochs is given; an epoch has ten updates and takes a second.
  private func trial(_ batch: Int, seed: UInt64, accuracies: [Double], training: Double = 1) -> TrainedRun {
    let records = ([0.1] + accuracies).enumerated().map { epoch, accuracy in
      EvaluationRecord(
        update: epoch * 10, epoch: Double(epoch), examples: epoch * 10 * batch, seconds: Double(epoch),
        batchLoss: nil, trainingLoss: 0, trainingAccuracy: training, validationLoss: 0, validationAccuracy: accuracy,
        distance: Double(epoch), gradientNorm: Double(10 * epoch))
    }
    return TrainedRun(
      batchSize: batch, seed: seed, evaluations: records,
      outcome: TrainedOutcome(
        learningRate: 0.1, parameters: 1, updates: accuracies.count * 10, testLoss: 1, testAccuracy: accuracies.last))
  }

  @Test func summariesAreMeansOverSeeds() throws {
    let summary = BatchSizeSummary(
      batchSize: 4,
      trials: [
        trial(4, seed: 1, accuracies: [0.5, 0.6, 0.7, 0.6, 0.8, 0.9]),
        trial(4, seed: 2, accuracies: [0.5, 0.6, 0.7, 0.6, 0.7, 0.7]),
      ], measure: .accuracy)
    #expect(abs(summary.validation.mean - 0.8) < 1e-12)
    #expect(abs(summary.generalisationGap.mean - 0.2) < 1e-12)
    // The last third is two epochs: deviations of {0.8, 0.9} and {0.7, 0.7}.
    #expect(largestError(summary.volatility.values, [0.1 / 2.0.squareRoot(), 0]) < 1e-12)
    // Without step times, seconds are the clock's, and say so.
    #expect(summary.secondsPerEpoch.value == 1 && summary.examplesPerSecond.value == 40)
    #expect(!summary.secondsPerEpoch.isQuiet && !summary.examplesPerSecond.isQuiet)
    #expect(summary.gradientNorm.mean == 55 && summary.updates == 60)
  }

  @Test func curvesAreReadBetweenEvaluations() throws {
    let run = trial(4, seed: 1, accuracies: [0.5, 0.9])
    let summary = BatchSizeSummary(batchSize: 4, trials: [run], measure: .accuracy)
    #expect(summary.validation(of: run, at: 0, of: .epochs) == 0.1)
    #expect(abs(try #require(summary.validation(of: run, at: 1.25, of: .epochs)) - 0.6) < 1e-12)
    #expect(abs(try #require(summary.validation(of: run, at: 15, of: .updates)) - 0.7) < 1e-12)
    #expect(summary.validation(of: run, at: 2, of: .seconds) == 0.9)
    #expect(summary.validation(of: run, at: 2.1, of: .seconds) == nil)
  }

  private func ranking(_ entries: [(Int, [Double])], _ measure: RunMeasure = .accuracy) -> SeedRanking<Int> {
    SeedRanking(measure: measure, entries: entries.map { SeedRanking.Entry($0, bySeed: Self.bySeed($1)) })
  }

  private static func bySeed(_ values: [Double]) -> [UInt64: Double] {
    Dictionary(uniqueKeysWithValues: values.enumerated().map { (UInt64($0), $1) })
  }

  /// What may be off by more than the difference is not told apart by seeds that agree.
  @Test func slackWidensTheInterval() {
    func alike(_ others: [Double]) -> [Int] {
      let (low, high) = ([0.80, 0.85, 0.90], [0.81, 0.86, 0.91])
      let entries = [
        SeedRanking.Entry(8, bySeed: Self.bySeed(high), others: [Self.bySeed(others)]),
        SeedRanking.Entry(16, bySeed: Self.bySeed(low)),
      ]
      return SeedRanking(measure: .accuracy, entries: entries).indistinguishableFromBest.map(\.name)
    }
    #expect(alike([0.805, 0.855, 0.905]) == [8] && alike([0.795, 0.845, 0.895]) == [8, 16])
  }

  /// Seeds that move all batch sizes alike do not hide a difference: it is taken seed by seed.
  @Test func theBestIsComparedSeedBySeed() {
    let ranking = ranking([(8, [0.80, 0.85, 0.90]), (16, [0.79, 0.841, 0.889]), (32, [0.70, 0.90, 0.85])])
    #expect(ranking.best?.name == 8 && ranking.worst?.name == 32)
    #expect(ranking.indistinguishableFromBest.map(\.name) == [8, 32])
  }

  @Test func lessIsBetterForALoss() {
    #expect(ranking([(8, [0.3, 0.3]), (16, [0.2, 0.2])], .loss).best?.name == 16)
  }

  @Test func oneSeedTellsNothingApart() {
    #expect(ranking([(8, [0.9]), (16, [0.8])]).indistinguishableFromBest.map(\.name) == [8])
  }

  @Test func ensemblesAverageProbabilities() throws {
    let targets = try Matrix<Float>(rows: 3, columns: 1, [0, 1, 1])
    // Alone each is right twice; together the surer of the two decides.
    let a = try Matrix<Float>(rows: 3, columns: 2, [0.9, 0.1, 0.6, 0.4, 0.2, 0.8])
    let b = try Matrix<Float>(rows: 3, columns: 2, [0.4, 0.6, 0.1, 0.9, 0.3, 0.7])
    #expect(SeedEnsemble.score([a, b], targets: targets, measure: .accuracy) == 1)
    #expect(SeedEnsemble.score([a], targets: targets, measure: .accuracy) == nil)
    // An output that is no number is of no class, not of the first.
    let none = try Matrix<Float>(rows: 3, columns: 2, [.nan, 0.1, .nan, .nan, 0.2, 0.8])
    #expect(SeedEnsemble.score([a, none], targets: targets, measure: .accuracy) == 1.0 / 3)
    let values = try Matrix<Float>(rows: 1, columns: 2, [1, 2])
    let low = try Matrix<Float>(rows: 1, columns: 2, [0, 2])
    let high = try Matrix<Float>(rows: 1, columns: 2, [2, 4])
    #expect(SeedEnsemble.score([low, high], targets: values, measure: .loss) == 0.5)
  }

  @Test func comparesWhatAllRunsHad() throws {
    let folder = TemporaryFolder()
    let analysis = SweepAnalysis(try SweepFixture.trained(in: "\(folder.path)/s"))
    #expect(analysis.measure == .accuracy)
    #expect(analysis.common(.epochs) == 4)
    // 280 examples at batch 128 are 3 updates an epoch, at batch 8 they are 35.
    #expect(analysis.common(.updates) == 12)
    let comparison = try #require(analysis.comparison(at: .updates))
    #expect(comparison.ranking.entries.map(\.name) == [8, 32, 128])
    #expect(comparison.ranking.entries.allSatisfy { $0.sample.count == 3 })
    #expect(analysis.ensembles.count == 3)
  }
}
