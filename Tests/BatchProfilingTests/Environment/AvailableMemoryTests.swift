import BatchProfiling
import Testing

@Suite struct AvailableMemoryTests {
  @Test func readsWhatLinuxCountsAsAvailable() {
    let lines = ["MemTotal:       24684084 kB", "MemFree:        22136820 kB", "MemAvailable:   24063796 kB"]
    #expect(AvailableMemory.byteCount(memoryInformation: lines.map { $0[...] }) == 24_063_796 * 1024)
  }

  @Test(arguments: ["", "MemAvailable:", "MemAvailable: many kB", "MemAvailable: 12 pages", "MemFree: 12 kB"])
  func knowsWhatItCannotRead(_ line: String) {
    #expect(AvailableMemory.byteCount(memoryInformation: [line[...]]) == nil)
  }

  @Test func thisMachineHasMemory() { #expect(AvailableMemory.current() ?? 1 > 0) }
}
