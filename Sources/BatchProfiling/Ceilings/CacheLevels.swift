import BatchAlgebra
import BatchFoundation

/// The caches between a processor and the memory.
public struct CacheLevels: Sendable, Hashable, Codable {
  /// The caches, the nearest first.
  public var levels: [CacheLevel]
  /// Whether the system does not tell, so that ``assumed(processors:)`` stands in.
  public var areAssumed: Bool

  /// Those of the machine's first processor; those that are assumed where the system does not tell.
  public static func current() -> CacheLevels {
    let levels = read("/sys/devices/system/cpu/cpu0/cache")
    return levels.isEmpty
      ? assumed(processors: ThreadTeam.availableProcessors) : CacheLevels(levels: levels, areAssumed: false)
  }

  /// Sizes that few processors stay below: 32 KiB and 512 KiB to each processor, and 8 MiB to all of them.
  public static func assumed(processors: Int) -> CacheLevels {
    CacheLevels(
      levels: [
        CacheLevel(level: 1, byteCount: 32 << 10, sharedBy: 1), CacheLevel(level: 2, byteCount: 512 << 10, sharedBy: 1),
        CacheLevel(level: 3, byteCount: 8 << 20, sharedBy: processors),
      ], areAssumed: true)
  }

  /// The caches that hold data among those described in the folders `index0`, `index1` … of a folder; none where there
  /// is no such folder.
  package static func read(_ folder: String) -> [CacheLevel] {
    var levels: [CacheLevel] = []
    var index = 0
    func first(_ name: String) -> Substring? { SystemFile.lines("\(folder)/index\(index)/\(name)")?.first }
    while let level = first("level") {
      // A virtual machine may leave out the size; a cache without one is as good as none.
      if let type = first("type"), let size = first("size"), let shared = first("shared_cpu_list"),
        let cache = CacheLevel(level: level, type: type, size: size, sharedProcessors: shared)
      {
        levels.append(cache)
      }
      index += 1
    }
    return levels.sorted { $0.level < $1.level }
  }
}
