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

  /// Delays that hit one of two equals in most cycles move its median, and not its fastest times.
  @Test func whatTheFastestMeasurementsDoNotShowIsNoVerdict() {
    let delayed = [1.00, 1.06, 1.05, 1.07, 1.06, 1.05, 1.08, 1.06, 1.07, 1.05]
    let equal = [1.00, 1.01, 1.00, 1.01, 1.00, 1.01, 1.00, 1.01, 1.00, 1.01]
    let comparison = SpeedComparison(pairing: delayed, with: equal)
    #expect(comparison.ratio < 0.97 && (comparison.interval?.upperBound ?? 2) < 1 && comparison.fastest == 1)
    #expect(comparison.verdict == .unclear)
    #expect(SpeedComparison(equal, with: delayed).verdict == .unclear)
    #expect(SpeedComparison(pairing: equal.map { $0 * 1.06 }, with: equal).verdict == .slower)
    #expect(SpeedComparison(equal, with: equal.map { $0 * 1.06 }).verdict == .faster)
  }

  @Test func theIntervalOfAPositiveQuantityStaysPositive() throws {
    let estimate = MedianEstimate(ofPositive: [1, 9, 1.1, 20, 1.2, 8])
    let interval = try #require(estimate.interval)
    #expect(interval.lowerBound > 0.1 && interval.contains(estimate.value))
    let rate = estimate.dividing(2)
    #expect(rate.value == 2 / estimate.value && rate.interval?.lowerBound == 2 / interval.upperBound)
    let clamped = estimate.clamped(above: 1, below: 1.5)
    // A bound on the wrong side of the value moves the end of the interval to the value, and not the value.
    #expect(clamped.value == estimate.value && clamped.interval == max(1, interval.lowerBound)...estimate.value)
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
