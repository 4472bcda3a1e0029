import BatchProfiling
import Testing

@Suite struct WorkingSetLadderTests {
  private let levels = [
    CacheLevel(level: 1, byteCount: 32 << 10, sharedBy: 1), CacheLevel(level: 2, byteCount: 1 << 20, sharedBy: 1),
    CacheLevel(level: 3, byteCount: 32 << 20, sharedBy: 8),
  ]

  private func sizes(threads: Int, memory: Int = 1 << 40) -> [Int?: Int] {
    let rungs = WorkingSetLadder(levels, threads: threads, availableMemory: memory).rungs
    #expect(rungs.map(\.byteCount) == rungs.map(\.byteCount).sorted())
    return Dictionary(uniqueKeysWithValues: rungs.map { ($0.cacheLevel, $0.byteCount) })
  }

  @Test func privateLevelsGrowWithTheThreads() {
    #expect(sizes(threads: 1) == [1: 16 << 10, 2: 512 << 10, 3: 16 << 20, nil: 128 << 20])
    #expect(sizes(threads: 3) == [1: 48 << 10, 2: 1536 << 10, 3: 16 << 20, nil: 128 << 20])
    #expect(sizes(threads: 9) == [1: 144 << 10, 2: 4608 << 10, 3: 32 << 20, nil: 256 << 20])
  }

  @Test func aLevelHiddenBehindNearerOnesIsLeftOut() {
    let shared = [levels[1], CacheLevel(level: 3, byteCount: 32 << 20, sharedBy: 64)]
    let rungs = WorkingSetLadder(shared, threads: 16, availableMemory: 1 << 40).rungs
    #expect(rungs.map(\.cacheLevel) == [2, nil])
  }

  @Test func takesLittleOfALittleMemory() {
    #expect(sizes(threads: 1, memory: 400 << 20)[nil] == 100 << 20)
    #expect(sizes(threads: 1, memory: 0)[nil] == 64 << 20)
    #expect(WorkingSetLadder([], threads: 4, availableMemory: 1 << 40).rungs.map(\.byteCount) == [64 << 20])
  }
}
