import BatchFoundation
import Foundation
import Testing

@testable import BatchScience

/// What a noise scale says of the critical batch.
@Suite struct CriticalBatchEvidenceTests {
  /// B_crit and B_simple of supervised tasks, averages over a run.
  ///
  /// McCandlish et al. 2018 (arXiv 1812.06162), Table 1.
  private let published: [(criticalBatch: Double, noiseScale: Double)] = [
    (200, 900), (500, 4000), (900, 2000), (15_000, 30_000), (100_000, 150_000),
  ]

  @Test func itHoldsThePublishedOnesButForOne() {
    let held = published.count {
      CriticalBatchEvidence.noiseScale($0.noiseScale, interval: nil).interval.contains($0.criticalBatch)
    }
    #expect(held == 4)
    let middle = medianValue(published.map { $0.criticalBatch / $0.noiseScale })
    #expect(abs(middle - CriticalBatchEvidence.noiseScaleShare) < 0.1)
  }

  @Test func aFactorOfThreeEitherWayAtNinetyPercentAndOfTenWithDoubts() {
    let plain = CriticalBatchEvidence.noiseScale(1000, interval: nil)
    #expect(abs(plain.interval.lowerBound - 400.0 / 3) < 0.01)
    #expect(abs(plain.interval.upperBound - 1200) < 0.1)
    let doubted = CriticalBatchEvidence.noiseScale(1000, interval: nil, doubts: [.adaptiveOptimizer])
    #expect(abs(doubted.interval.upperBound - 4000) < 0.1)
    #expect(doubted.doubts == [.adaptiveOptimizer])
  }

  /// The estimate's own error adds as variances do.
  @Test func itsOwnIntervalWidensIt() {
    let half = 1.959_964 * 0.5
    let wide = CriticalBatchEvidence.noiseScale(1000, interval: 1000 * exp(-half)...1000 * exp(half))
    let scatter = log(3) / 1.644_854
    #expect(abs(wide.logDeviation - (scatter * scatter + 0.25).squareRoot()) < 1e-5)
    let unbounded = CriticalBatchEvidence.noiseScale(1000, interval: 0 ... .infinity)
    #expect(unbounded.logDeviation.isFinite && unbounded.logDeviation > 2 * scatter)
  }

  @Test func windowsGiveTheirMedian() throws {
    func window(_ value: Double?) -> NoiseScaleEstimate {
      NoiseScaleEstimate(value: value, interval: value.map { $0 / 1.5...$0 * 1.5 }, probes: 50)
    }
    let evidence = try #require(CriticalBatchEvidence.noiseScale(windows: [20, 5000, 90, 400].map(window)))
    #expect(abs(evidence.median - 0.4 * 245) < 1e-9)
    #expect(evidence.doubts.isEmpty)
    let alone = CriticalBatchEvidence.noiseScale(245, interval: 245 / 1.5...245 * 1.5)
    #expect(abs(evidence.logDeviation - alone.logDeviation) < 1e-9)
    #expect(CriticalBatchEvidence.noiseScale(windows: [window(nil), window(nil)]) == nil)
    let few = try #require(CriticalBatchEvidence.noiseScale(windows: [window(nil), window(nil), window(70)]))
    #expect(few.doubts == [.fewWindows])
    #expect(few.logDeviation > evidence.logDeviation)
  }
}
