import BatchAlgebra
import BatchFoundation

/// The memory that can be taken before the system runs short.
package enum AvailableMemory {
  /// The bytes that Linux counts as available, within the limit of this process's control group where it sees one; nil
  /// where the system does not tell.
  package static func current() -> Int? {
    guard let available = SystemFile.lines("/proc/meminfo").flatMap({ byteCount(memoryInformation: $0) }) else {
      return nil
    }
    return min(available, ControlGroup.current.memoryLimit ?? available)
  }

  /// The bytes in the line `MemAvailable:    24063796 kB`; nil where there is none.
  package static func byteCount(memoryInformation lines: [Substring]) -> Int? {
    guard let line = lines.first(where: { $0.hasPrefix("MemAvailable:") }) else { return nil }
    let words = line.split(separator: " ")
    guard words.count == 3, words[2] == "kB", let count = Int(words[1]), count >= 0, count < 1 << 50 else { return nil }
    return count << 10
  }
}
