import BatchProfiling
import BatchTestSupport
import Glibc
import Testing

@Suite struct CacheLevelTests {
  @Test(arguments: [("1024K", 1_048_576), ("32M", 33_554_432), ("1G", 1_073_741_824), ("512", 512)])
  func readsSizes(_ text: String, _ byteCount: Int) { #expect(CacheLevel.byteCount(text) == byteCount) }

  @Test(arguments: ["", "K", "0K", "-32K", "32KB", "32k", "3.5M", "99999999999999G", " 32K"])
  func knowsWhatIsNoSize(_ text: String) { #expect(CacheLevel.byteCount(text) == nil) }

  @Test(arguments: [("0", 1), ("0-1", 2), ("0-1,4", 3), ("0-7,64-71", 16), ("3,5,7", 3)])
  func countsProcessors(_ text: String, _ count: Int) { #expect(CacheLevel.processorCount(text) == count) }

  @Test(arguments: ["", ",", "0-", "-1", "1-0", "0-1-2", "0,", "all", "0-99999999999999999999"])
  func knowsWhatIsNoListOfProcessors(_ text: String) { #expect(CacheLevel.processorCount(text) == nil) }

  @Test func readsAFolder() {
    let folder = TemporaryFolder()
    // As Linux orders them on most machines, with one cache of a virtual machine that does not tell its size.
    let caches = [
      ("1", "Data", "48K", "0,64"), ("1", "Instruction", "32K", "0,64"), ("3", "Unified", "32768K", "0-7,64-71"),
      ("4", "Unified", "", "0-127"), ("2", "Unified", "2M", "0,64"),
    ]
    for (index, cache) in caches.enumerated() {
      mkdir("\(folder.path)/index\(index)", 0o700)
      for (name, value) in zip(["level", "type", "size", "shared_cpu_list"], [cache.0, cache.1, cache.2, cache.3]) {
        folder.write(value + "\n", to: "index\(index)/\(name)")
      }
    }
    #expect(
      CacheLevels.read(folder.path) == [
        CacheLevel(level: 1, byteCount: 49_152, sharedBy: 2), CacheLevel(level: 2, byteCount: 2_097_152, sharedBy: 2),
        CacheLevel(level: 3, byteCount: 33_554_432, sharedBy: 16),
      ])
    #expect(CacheLevels.read("\(folder.path)/nowhere").isEmpty)
  }

  @Test func thisMachineHasCaches() {
    let levels = CacheLevels.current().levels
    #expect(!levels.isEmpty && levels.map(\.level) == levels.map(\.level).sorted())
  }

  @Test func threadsShareOrMultiplyACache() {
    let own = CacheLevel(level: 1, byteCount: 100, sharedBy: 1),
      shared = CacheLevel(level: 3, byteCount: 100, sharedBy: 8)
    #expect([1, 2, 3, 16].map { own.byteCount(threads: $0) } == [100, 200, 300, 1600])
    #expect([1, 8, 9, 16].map { shared.byteCount(threads: $0) } == [100, 100, 200, 200])
  }
}
