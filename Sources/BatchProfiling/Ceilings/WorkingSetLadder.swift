/// Working sets of a team that lie one in each cache, and one in the memory.
package struct WorkingSetLadder: Sendable, Hashable {
  /// A working set.
  package struct Rung: Sendable, Hashable {
    /// The level of the cache that it fits; nil for the memory.
    package var cacheLevel: Int?
    /// Its size in bytes, all threads together.
    package var byteCount: Int

    /// A working set.
    package init(cacheLevel: Int?, byteCount: Int) {
      self.cacheLevel = cacheLevel
      self.byteCount = byteCount
    }
  }

  /// The working sets, the smallest first.
  package var rungs: [Rung] = []

  /// Half of what the threads have of each cache between them; then 4 times the largest, but no more than a quarter of
  /// the available memory, and no less than 64 MiB.
  ///
  /// A level of which half is no more than what nearer levels hold is left out: it would be measured in those.
  package init(_ levels: [CacheLevel], threads: Int, availableMemory: Int) {
    var held = 0
    for level in levels.sorted(by: { $0.level < $1.level }) {
      let byteCount = level.byteCount(threads: threads)
      if byteCount / 2 > held { rungs.append(Rung(cacheLevel: level.level, byteCount: byteCount / 2)) }
      held = max(held, byteCount)
    }
    let memory = max(min(4 * held, availableMemory / 4), 64 << 20)
    rungs.removeAll { $0.byteCount >= memory }
    rungs.append(Rung(cacheLevel: nil, byteCount: memory))
  }
}
