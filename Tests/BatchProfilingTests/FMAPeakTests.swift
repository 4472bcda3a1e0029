import BatchAlgebra
import BatchProfiling
import Testing

@Suite struct FMAPeakTests {
  @Test(arguments: FMAPeak.Precision.allCases, [1, 2, 3])
  func countsOperations(precision: FMAPeak.Precision, threads: Int) throws {
    let peak = try FMAPeak(ThreadTeam(threads: threads), precision: precision, seconds: 1e-5)
    let before = peak.run(rounds: 0)
    #expect(before.operations == 0)
    for rounds in [1, 7, 1000] {
      // Each multiply-add of 1 · x + 1 adds 1 to one lane: the sum itself counts them, exactly in both precisions.
      let run = peak.run(rounds: rounds, multiplier: 1, addend: 1)
      #expect(Double(run.operations) == 2 * (run.sum - before.sum))
      #expect(run.operations == rounds * peak.run(rounds: 1).operations)
    }
  }

  @Test(arguments: FMAPeak.Precision.allCases)
  func computesTheRecurrence(precision: FMAPeak.Precision) throws {
    let peak = try FMAPeak(ThreadTeam(threads: 1), precision: precision, seconds: 1e-5)
    // x ← x / 2 + 1/2 a times: x = 1 + (k − 1) / 2ᵃ, which is exact for so few rounds.
    let start = peak.run(rounds: 0).sum
    let lanes = Double(peak.run(rounds: 1).operations / 2)
    #expect(peak.run(rounds: 3, multiplier: 0.5, addend: 0.5).sum == lanes + (start - lanes) / 8)
  }

  @Test func threadsWorkAlike() throws {
    let one = try FMAPeak(ThreadTeam(threads: 1), seconds: 1e-5).run(rounds: 5)
    let three = try FMAPeak(ThreadTeam(threads: 3), seconds: 1e-5).run(rounds: 5)
    #expect(three.operations == 3 * one.operations)
    #expect(three.sum == 3 * one.sum)
  }

  @Test(arguments: FMAPeak.Precision.allCases)
  func rateIsPositive(precision: FMAPeak.Precision) throws {
    let peak = try FMAPeak(ThreadTeam(threads: 2), precision: precision, seconds: 1e-4)
    for rate in [peak.probe(), peak.median(of: 4)] { #expect(rate > 0 && rate.isFinite) }
    #expect(peak.roundsOfProbe >= 1)
  }
}
