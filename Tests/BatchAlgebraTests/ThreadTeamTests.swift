import BatchAlgebra
import Glibc
import Testing

@Suite struct ThreadTeamTests {
  /// Counts into a place of its own per thread, a cache line apart.
  private struct CountTask: TeamTask {
    let counts: UnsafeMutablePointer<Int>

    func run(thread: Int, of threads: Int) { counts[thread * 8] += 1 }
  }

  private func counts(threads: Int, jobs: Int, pause: UInt32 = 0) throws -> [Int] {
    let team = try ThreadTeam(threads: threads)
    let buffer = try AlignedBuffer<Int>(count: threads * 8)
    for job in 0..<jobs {
      if pause > 0, job % 10 == 0 { usleep(pause) }
      team.run(CountTask(counts: buffer.baseAddress))
    }
    return withExtendedLifetime(buffer) { (0..<threads).map { buffer.baseAddress[$0 * 8] } }
  }

  @Test(arguments: [1, 2, 3, 8])
  func everyThreadRunsEveryJobOnce(_ threads: Int) throws {
    #expect(try counts(threads: threads, jobs: 2000) == Array(repeating: 2000, count: threads))
  }

  @Test func sleepingHelpersWakeUp() throws {
    #expect(try counts(threads: 3, jobs: 50, pause: 2000) == [50, 50, 50])
  }

  @Test func teamsComeAndGo() throws {
    for _ in 0..<200 { #expect(try counts(threads: 4, jobs: 1) == [1, 1, 1, 1]) }
  }

  @Test(arguments: [0, -1, 1025])
  func refusesSenselessCounts(_ threads: Int) {
    let error = #expect(throws: ThreadTeamError.invalidCount(threads)) { try ThreadTeam(threads: threads) }
    #expect(error?.description == "a thread count must lie between 1 and 1024, not be \(threads)")
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100, 1000], [1, 2, 3, 7])
  func sharesCoverEverythingOnce(_ count: Int, _ threads: Int) {
    for grain in [1, 16] {
      let shares = (0..<threads).map { workShare(of: count, thread: $0, threads: threads, grain: grain) }
      #expect(shares.flatMap(Array.init) == Array(0..<count))
      #expect(shares.allSatisfy { $0.isEmpty || $0.lowerBound % grain == 0 })
    }
  }
}
