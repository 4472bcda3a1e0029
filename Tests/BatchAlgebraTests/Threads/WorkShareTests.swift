import BatchAlgebra
import Testing

@Suite struct WorkShareTests {
  @Test(arguments: [0, 1, 2, 7, 15, 16, 17, 100, 1009], [1, 2, 3, 5, 64])
  func sharesCoverEverythingOnce(count: Int, threads: Int) {
    for grain in [1, 3, 16, 2000] {
      let shares = (0..<threads).map { workShare(of: count, thread: $0, threads: threads, grain: grain) }
      #expect(shares.flatMap { Array($0) } == Array(0..<count))
      // Every edge but the last lies on a grain, and no share is more than one grain larger than another.
      #expect(shares.allSatisfy { $0.upperBound == count || $0.upperBound % grain == 0 })
      let sizes = shares.map { ($0.count + grain - 1) / grain }
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test func aThreadOutsideTheTeamStopsTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = workShare(of: 10, thread: 2, threads: 2) }
  }
}
