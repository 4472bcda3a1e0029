import BatchFoundation
import Testing

@testable import BatchProfiling

@Suite("Medians and verdicts")
struct VerdictTests {
  @Test(arguments: [
    (0.99, 0.98...1.01, SpeedComparison.Verdict.same), (1.10, 1.05...1.15, .faster), (0.90, 0.85...0.95, .slower),
    (1.10, 0.99...1.21, .unclear), (0.90, 0.80...1.01, .unclear),
    // Surely above 1, and perhaps within the margin, perhaps not.
    (1.02, 1.005...1.04, .unclear),
  ])
  func verdictsFollowTheInterval(ratio: Double, interval: ClosedRange<Double>, verdict: SpeedComparison.Verdict) {
    #expect(SpeedComparison(ratio: ratio, interval: interval, margin: 0.03).verdict == verdict)
  }

  @Test func fewMeasurementsHaveNoIntervalAndNoVerdict() {
    let estimate = MedianEstimate(of: [3, 1, 2, 10])
    #expect(estimate.value == 2.5)
    #expect(estimate.interval == nil)
    #expect(estimate.relativeHalfWidth == .infinity)
    #expect(SpeedComparison(pairing: [1, 1, 1, 1], with: [2, 2, 2, 2]).verdict == .unclear)
    #expect(SpeedComparison([1, 1], with: [2, 2, 2, 2, 2]).verdict == .unclear)
  }

  @Test func equalMeasurementsHaveAnIntervalOfNoWidth() {
    let estimate = MedianEstimate(of: Array(repeating: 4, count: 12))
    #expect(estimate == MedianEstimate(value: 4, interval: 4...4, count: 12))
    #expect(SpeedComparison([2, 2, 2, 2, 2], with: [4, 4, 4, 4, 4]).ratio == 2)
  }

  @Test func theSameMeasurementsGiveTheSameInterval() {
    let series = (0..<20).map { Double($0 * 7 % 11) }
    #expect(MedianEstimate(of: series) == MedianEstimate(of: series))
  }

  @Test func aTrendIsTakenOutAndTheMiddleKept() {
    var line = (0..<9).map { 3 + 2 * Double($0) }
    #expect(kendallTau(line) == 1)
    removeTrend(from: &line)
    #expect(line == Array(repeating: 11, count: 9))
    #expect(kendallTau([1, 2, 2, 1]) == 0)
  }
}
