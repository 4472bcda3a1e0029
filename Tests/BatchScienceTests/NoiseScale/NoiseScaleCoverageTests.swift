import BatchFoundation
import BatchScience
import BatchTraining
import Glibc
import Testing

/// What 95 % intervals of the noise scale cover, at φ = 900 and B = 64 with 2000 parameters.
@Suite struct NoiseScaleCoverageTests {
  private let gradients = GaussianGradients()

  /// The estimates of windows whose |G|² goes its way, as a function of the update.
  private func estimates(
    windows: Int, probes: Int, _ trueSquare: (_ update: Int, inout RandomStream) -> Double
  ) -> [NoiseScaleEstimate] {
    (0..<windows).map { index in
      var stream = RandomStream(seed: UInt64(probes), name: "window", index: UInt64(index))
      var window = NoiseScaleWindow()
      var gradients = gradients
      for update in 0..<probes {
        gradients.trueSquare = trueSquare(update, &stream)
        window.add(gradients.moments(batch: 64, &stream))
      }
      return window.estimate
    }
  }

  private func coverage(_ estimates: [NoiseScaleEstimate], of truth: Double) -> Double {
    let intervals = estimates.compactMap(\.interval)
    return Double(intervals.count { $0.contains(truth) }) / Double(intervals.count)
  }

  @Test(arguments: [20, 100, 400]) func independentUpdates(_ probes: Int) throws {
    let estimates = estimates(windows: 2000, probes: probes) { _, _ in 1 }
    #expect(0.92...0.98 ~= coverage(estimates, of: 900))
    #expect(estimates.count(where: \.isEnough) > 1850)
    // The median of all ratios, the few that are too unsure for a number among them, within two of its standard errors.
    let ratios = try Sample(estimates.map { log(try #require($0.scatter) / #require($0.trueSquare) / 900) })
    let error = 1.2533 * (try #require(ratios.deviation)) / 2000.0.squareRoot()
    #expect(abs(medianValue(ratios.values)) < 2 * error)
  }

  /// |G|² wanders about its mean as a series of first order, whose deviation is that of the estimates themselves.
  @Test(arguments: [(20, 0.5), (100, 0.5), (400, 0.5), (100, 0.8), (400, 0.8)])
  func autocorrelatedUpdates(_ probes: Int, _ correlation: Double) {
    var level = 0.0
    let estimates = estimates(windows: 1000, probes: probes) { update, stream in
      let fresh = stream.normal()
      level = update == 0 ? fresh : correlation * level + (1 - correlation * correlation).squareRoot() * fresh
      return exp(0.45 * level - 0.45 * 0.45 / 2)
    }
    #expect(coverage(estimates, of: 900) >= 0.9)
    #expect(estimates.count { $0.interval != nil } > 900)
  }

  /// |G|² falls by a factor of 4 over the window, or rises by it, in equal shares; numbers are not too rare for that.
  @Test(arguments: [20, 100, 400], [4, 0.25]) func driftingUpdates(_ probes: Int, _ factor: Double) {
    func drift(_ update: Int) -> Double { pow(factor, 0.5 - (Double(update) + 0.5) / Double(probes)) }
    let mean = Sample((0..<probes).map(drift)).mean
    let estimates = estimates(windows: 500, probes: probes) { update, _ in drift(update) }
    #expect(coverage(estimates, of: 900 / mean) >= 0.9)
    #expect(estimates.count(where: \.isEnough) > 400)
  }
}
