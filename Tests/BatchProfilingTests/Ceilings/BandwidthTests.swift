import BatchAlgebra
import BatchProfiling
import Testing

@Suite struct BandwidthTests {
  /// Sizes around a word, a cache line, a block of the loop and the shares of the threads.
  static let byteCounts = [1, 8, 9, 64, 65, 504, 512, 520, 4096, 8 * 1021, 100_000]

  @Test(arguments: byteCounts, [1, 2, 3])
  func readsEveryWord(byteCount: Int, threads: Int) throws {
    let bandwidth = try Bandwidth(ThreadTeam(threads: threads), byteCount: byteCount)
    #expect(bandwidth.words.count == (byteCount + 7) / 8)
    var sum: UInt64 = 0
    for index in bandwidth.words.elements.indices {
      // Odd multiples of a large odd number: leaving out any word or reading one twice changes the sum.
      let word = UInt64(2 * index + 1) &* 0x9E37_79B9_7F4A_7C15
      bandwidth.words.elements[index] = word
      sum &+= word
    }
    for passes in [0, 1, 3] {
      let run = bandwidth.run(.read, passes: passes)
      #expect(run.checksum == sum &* UInt64(passes))
      #expect(run.byteCount == passes * bandwidth.words.count * 8)
    }
  }

  @Test(arguments: byteCounts, [1, 2, 3])
  func updatesEveryWord(byteCount: Int, threads: Int) throws {
    let bandwidth = try Bandwidth(ThreadTeam(threads: threads), byteCount: byteCount)
    for index in bandwidth.words.elements.indices { bandwidth.words.elements[index] = UInt64(index) &* 1000 }
    let run = bandwidth.run(.update, passes: 5)
    #expect(run.byteCount == 2 * 5 * bandwidth.words.count * 8)
    #expect(bandwidth.words.elements.enumerated().allSatisfy { $0.element == UInt64($0.offset) &* 1000 &+ 5 })
  }

  @Test(arguments: Bandwidth.Pattern.allCases)
  func rateIsPositive(pattern: Bandwidth.Pattern) throws {
    let bandwidth = try Bandwidth(ThreadTeam(threads: 2), byteCount: 1 << 16)
    let rate = bandwidth.median(pattern, of: 4, seconds: 1e-4)
    #expect(rate > 0 && rate.isFinite)
  }
}
