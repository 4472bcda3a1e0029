import Glibc
import Testing

@testable import BatchFoundation
@testable import BatchProfiling

/// Intervals on made-up noise whose truth is known.
@Suite("Intervals and verdicts on synthetic noise")
struct MedianCoverageTests {
  private static let repetitions = 1500

  @Test(arguments: SyntheticNoise.Kind.allCases, [24, 48])
  func intervalsOfAMedianCoverTheTruthAsOftenAsTheySay(kind: SyntheticNoise.Kind, count: Int) {
    var noise = SyntheticNoise(kind, seed: 3)
    var covered = 0
    for _ in 0..<Self.repetitions {
      let series = noise.series(count).map { 10 + $0 }
      let estimate = MedianEstimate(of: series, draws: 300)
      covered += estimate.interval?.contains(10) == true ? 1 : 0
    }
    let share = Double(covered) / Double(Self.repetitions)
    // Autocorrelation of a half in 24 samples leaves about eight independent ones.
    let least = kind == .autocorrelated && count == 24 ? 0.90 : 0.92
    #expect(share >= least && share <= 0.98, "\(kind) of \(count): covered \(share)")
  }

  /// Two things of the same speed in one run: noise of their own, and drift that both share.
  @Test(arguments: SyntheticNoise.Kind.allCases, [0.01, 0.05])
  func pairedVerdictsOnEqualSpeedsAreSeldomWrong(kind: SyntheticNoise.Kind, spread: Double) {
    var shared = SyntheticNoise(kind, seed: 5)
    var own = SyntheticNoise(.white, seed: 6)
    var wrong = 0
    var covered = 0
    for _ in 0..<Self.repetitions {
      let common = shared.series(24)
      func times() -> [Double] { zip(common, own.series(24)).map { exp(0.025 * $0 + spread * $1 / 2) } }
      let comparison = SpeedComparison(pairing: times(), with: times())
      wrong += comparison.verdict == .faster || comparison.verdict == .slower ? 1 : 0
      covered += comparison.interval?.contains(1) == true ? 1 : 0
    }
    let share = Double(covered) / Double(Self.repetitions)
    #expect(Double(wrong) / Double(Self.repetitions) <= 0.05)
    #expect(share >= 0.92 && share <= 0.98, "\(kind), spread \(spread): covered \(share)")
  }

  @Test(arguments: SyntheticNoise.Kind.allCases, [0.01, 0.05])
  func verdictsOnEqualSpeedsInTwoRunsAreSeldomWrong(kind: SyntheticNoise.Kind, spread: Double) {
    var noise = SyntheticNoise(kind, seed: 7)
    var wrong = 0
    for _ in 0..<Self.repetitions / 3 {
      let comparison = SpeedComparison(
        noise.series(32).map { exp(spread * $0) }, with: noise.series(32).map { exp(spread * $0) })
      wrong += comparison.verdict == .faster || comparison.verdict == .slower ? 1 : 0
    }
    #expect(Double(wrong) / Double(Self.repetitions / 3) <= 0.05)
  }

  @Test func differencesAreFound() {
    var noise = SyntheticNoise(.autocorrelated, seed: 8)
    var found = 0
    for _ in 0..<200 {
      let common = noise.series(24)
      let fast = common.map { exp(0.02 * $0) }
      let slow = zip(common, noise.series(24)).map { 1.1 * exp(0.02 * $0 + 0.01 * $1) }
      found += SpeedComparison(pairing: fast, with: slow).verdict == .faster ? 1 : 0
      found += SpeedComparison(pairing: slow, with: fast).verdict == .slower ? 1 : 0
    }
    #expect(found >= 390)
  }
}
