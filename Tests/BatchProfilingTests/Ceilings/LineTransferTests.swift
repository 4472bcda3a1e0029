import BatchAlgebra
import BatchProfiling
import Testing

@Suite struct LineTransferTests {
  @Test(arguments: [2, 3, 5], [0, 1, 2, 7, 16])
  func everyShareGoesRound(threads: Int, rounds: Int) throws {
    let transfer = try LineTransfer(ThreadTeam(threads: threads), seconds: 1e-5)
    let share = transfer.words.count / threads
    #expect(share == LineTransfer.shareByteCount / 8)
    transfer.words.elements.update(repeating: 0)
    var expected = [UInt64](repeating: 0, count: threads)
    // Twice: the second run goes on where the first has left the shares.
    for _ in 0..<2 {
      for round in transfer.rounds..<transfer.rounds + rounds {
        // Share s is with the thread that has come s + round places round the ring, and which adds its number plus 1.
        for number in 0..<threads { expected[number] += UInt64((number + round) % threads + 1) }
      }
      let run = transfer.run(rounds: rounds)
      #expect(run.byteCount == rounds * threads * 32_768)
      #expect(transfer.words.elements.enumerated().allSatisfy { $0.element == expected[$0.offset / share] })
    }
  }

  @Test func rateIsPositive() throws {
    let transfer = try LineTransfer(ThreadTeam(threads: 2))
    for rate in [transfer.probe(), transfer.median(of: 4)] { #expect(rate > 0 && rate.isFinite) }
    #expect(transfer.roundsOfProbe >= 1)
  }
}
