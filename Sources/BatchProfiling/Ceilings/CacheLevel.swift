/// A cache that holds data, as one processor sees it.
public struct CacheLevel: Sendable, Hashable, Codable {
  /// How far it is from the processor: 1 is the nearest.
  public var level: Int
  /// Its size in bytes.
  public var byteCount: Int
  /// The number of processors that share it.
  public var sharedBy: Int

  /// A cache.
  public init(level: Int, byteCount: Int, sharedBy: Int) {
    precondition(
      level >= 1 && byteCount >= 1 && sharedBy >= 1,
      "no cache: level \(level), \(byteCount) bytes, shared by \(sharedBy)")
    self.level = level
    self.byteCount = byteCount
    self.sharedBy = sharedBy
  }

  /// The size of all caches of the level that so many threads have between them, in bytes.
  ///
  /// Threads are taken to fill the processors of one cache before they use the next: those that have it to themselves
  /// have one each, and those that share one have it once.
  public func byteCount(threads: Int) -> Int { (threads + sharedBy - 1) / sharedBy * byteCount }

  /// Reads what Linux writes on a cache: `2`, `Unified`, `1024K`, `0-1,4`; nil for one that holds instructions alone,
  /// and for what is not understood.
  package init?(
    level: some StringProtocol, type: some StringProtocol, size: some StringProtocol,
    sharedProcessors: some StringProtocol
  ) {
    guard type == "Data" || type == "Unified", let level = Int(level), level >= 1,
      let byteCount = Self.byteCount(size), let sharedBy = Self.processorCount(sharedProcessors)
    else { return nil }
    self.init(level: level, byteCount: byteCount, sharedBy: sharedBy)
  }

  /// The bytes of a size such as `1024K`, `32M` or `512`; nil for any other text, and for no bytes at all.
  package static func byteCount(_ text: some StringProtocol) -> Int? {
    let shift = ["K": 10, "M": 20, "G": 30][text.last.map(String.init) ?? ""]
    guard let count = Int(shift == nil ? text[...] : text.dropLast()), count > 0, count < 1 << 32 else { return nil }
    return count << (shift ?? 0)
  }

  /// The processors in a list such as `0-1,4`; nil for any other text.
  package static func processorCount(_ text: some StringProtocol) -> Int? {
    var count = 0
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], 0 <= first, first <= last,
        last < 1 << 32
      else { return nil }
      count += last - first + 1
    }
    return count
  }
}
