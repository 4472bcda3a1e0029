import BatchAlgebra
import BatchProfiling
import Testing

@Suite struct FMAPeakTests {
  @Test(arguments: FMAPeak.Precision.supported, [1, 2, 3])
  func countsOperations(precision: FMAPeak.Precision, threads: Int) throws {
    let peak = try FMAPeak(ThreadTeam(threads: threads), precision: precision, seconds: 1e-5)
    let before = peak.run(rounds: 0)
    #expect(before.operations == 0)
    for rounds in [1, 7, 1000] {
      // Each multiply-add of 1 · x + 1, and each of x + 1 · 1, adds 1 to one lane: the sum itself counts them, exactly
      // in all precisions.
      let run = peak.run(rounds: rounds, multiplier: 1, addend: 1)
      #expect(Double(run.operations) == 2 * (run.sum - before.sum))
      #expect(run.operations == rounds * peak.run(rounds: 1).operations)
    }
  }

  @Test(arguments: [FMAPeak.Precision.float, .double])
  func computesTheRecurrence(precision: FMAPeak.Precision) throws {
    let peak = try FMAPeak(ThreadTeam(threads: 1), precision: precision, seconds: 1e-5)
    // x ← x / 2 + 1/2 a times: x = 1 + (k − 1) / 2ᵃ, which is exact for so few rounds.
    let start = peak.run(rounds: 0).sum
    let lanes = Double(peak.run(rounds: 1).operations / 2)
    #expect(peak.run(rounds: 3, multiplier: 0.5, addend: 0.5).sum == lanes + (start - lanes) / 8)
  }

  @Test func floatAndDoubleAreSupportedEverywhere() {
    #expect(FMAPeak.Precision.supported.prefix(2) == [.float, .double])
  }

  @Test(.enabled(if: FMAPeak.Precision.supported.contains(.bfloat16)))
  func addsUpProductsOfBFloat16() throws {
    let peak = try FMAPeak(ThreadTeam(threads: 1), precision: .bfloat16, seconds: 1e-5)
    let start = peak.run(rounds: 0).sum
    let lanes = Double(peak.run(rounds: 1).operations / 4)
    // Eight significant bits: 1.9921875 and 1.0078125 have them all, 1.99609375 and 1.001 round to 2 and 1, and of the
    // two neighbours of 1.01171875 the even one is taken. The sums have few enough bits to be exact.
    let cases = [
      (1.992_187_5, 1.992_187_5, 1.0, 1.0), (1.007_812_5, 1.007_812_5, -0.5, -0.5), (1.996_093_75, 2.0, 3.0, 3.0),
      (1.001, 1.0, 0.25, 0.25), (1.011_718_75, 1.015_625, 1.007_812_5, 1.007_812_5),
    ]
    for (multiplier, rounded, addend, roundedAddend) in cases {
      for rounds in [1, 2, 5] {
        let run = peak.run(rounds: rounds, multiplier: multiplier, addend: addend)
        #expect(run.sum == start + lanes * Double(2 * rounds) * rounded * roundedAddend)
      }
    }
  }

  @Test func threadsWorkAlike() throws {
    let one = try FMAPeak(ThreadTeam(threads: 1), seconds: 1e-5).run(rounds: 5)
    let three = try FMAPeak(ThreadTeam(threads: 3), seconds: 1e-5).run(rounds: 5)
    #expect(three.operations == 3 * one.operations)
    #expect(three.sum == 3 * one.sum)
  }

  @Test(arguments: FMAPeak.Precision.supported)
  func rateIsPositive(precision: FMAPeak.Precision) throws {
    let peak = try FMAPeak(ThreadTeam(threads: 2), precision: precision, seconds: 1e-4)
    for rate in [peak.probe(), peak.median(of: 4)] { #expect(rate > 0 && rate.isFinite) }
    #expect(peak.roundsOfProbe >= 1)
  }
}
