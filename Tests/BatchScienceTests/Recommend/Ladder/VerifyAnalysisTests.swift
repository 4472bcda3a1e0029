import BatchProfiling
import BatchTestSupport
import Testing

@testable import BatchScience

/// What a test of a recommendation finds, from made-up runs.
@Suite struct VerifyAnalysisTests {
  private func size(_ batch: Int, step: Double?, steps: [Double]) -> StepsToGoalAnalysis.Size {
    StepsToGoalAnalysis.Size(
      batch: batch, search: [], best: nil, isInterior: true,
      runs: steps.enumerated().map { StepsToGoal(batch: batch, seed: UInt64($0.offset), steps: $0.element) },
      lostCount: 0, runCount: 1, divergedCount: 0,
      secondsPerStep: step.map { BootstrapEstimate(value: $0, interval: $0...$0) })
  }

  @Test func regretIsTheTimeOverTheLeast() throws {
    let sizes = [
      size(8, step: 1, steps: [200, 220]), size(16, step: 1.5, steps: [110, 120]), size(32, step: 3, steps: [90, 80]),
    ]
    let regret = try #require(VerifyAnalysis.regret(of: sizes[0], among: sizes))
    let truth: Double = 210 / 172.5 - 1
    #expect(regret.best == 16 && abs(regret.value - truth) < 1e-12)
    let interval = try #require(regret.interval)
    // Paired by seed.
    #expect(abs((interval.lowerBound + interval.upperBound) / 2 - truth) < 1e-12)
    let losses: [Double] = [(200 - 165) / 172.5, (220 - 180) / 172.5]
    #expect(losses.allSatisfy(interval.contains))
    #expect(VerifyAnalysis.regret(of: sizes[1], among: sizes) == VerifyAnalysis.Regret(best: 16, value: 0))
    #expect(VerifyAnalysis.regret(of: size(8, step: nil, steps: [1]), among: sizes) == nil)
    #expect(VerifyAnalysis.regret(of: size(8, step: 1, steps: []), among: sizes) == nil)
    // Of other seeds it is unpaired, and wider.
    var lost = sizes[0]
    lost.runs = [lost.runs[0], StepsToGoal(batch: 8, seed: 7, steps: 220)]
    let unpaired = try #require(VerifyAnalysis.regret(of: lost, among: sizes)?.interval)
    #expect(unpaired.lowerBound < interval.lowerBound && interval.upperBound < unpaired.upperBound)
    #expect(abs((unpaired.lowerBound + unpaired.upperBound) / 2 - truth) < 1e-12)
  }
}
