public import BatchAlgebra
import BatchFoundation
import CBatchKernels

/// The bytes a second that a team moves through a working set of a given size.
///
/// Each thread passes over its own contiguous share again and again. A working set that fits a cache is so measured at
/// that cache's speed, and a large one at the memory's.
public final class Bandwidth: @unchecked Sendable {
  /// What a pass does with each word.
  public enum Pattern: String, Sendable, Hashable, CaseIterable, Codable {
    /// Reads it: one byte of traffic a byte.
    case read
    /// Reads it, changes it and writes it back: two bytes of traffic a byte.
    case update

    /// The bytes moved for each byte of the working set.
    public var traffic: Int { self == .read ? 1 : 2 }
  }

  /// What one run did and how long it took.
  public struct Run: Sendable, Hashable {
    /// The bytes moved.
    public var byteCount: Int
    /// The duration in seconds.
    public var seconds: Double
    /// The sum of all words read, modulo 2⁶⁴; 0 for updates.
    public var checksum: UInt64

    /// The bytes a second.
    public var rate: Double { Double(byteCount) / seconds }
  }

  /// The team whose threads run at once.
  public let team: ThreadTeam
  /// The working set: 64-bit words.
  public let words: AlignedBuffer<UInt64>
  /// A cache line a thread.
  private let checksums: AlignedBuffer<UInt64>

  /// Allocates and fills a working set of `byteCount` bytes, rounded up to whole words.
  ///
  /// - Throws: `AllocationError` when the memory cannot be had.
  public init(_ team: ThreadTeam, byteCount: Int) throws(AllocationError) {
    precondition(byteCount > 0, "a working set of \(byteCount) bytes")
    self.team = team
    words = try AlignedBuffer(count: (byteCount - 1) / 8 + 1)
    checksums = try AlignedBuffer(count: team.threads * Self.resultStride)
    // Written, so that pages of the system's common zero page do not pass for memory.
    _ = run(.update, passes: 1)
  }

  /// Passes over the working set `passes` times.
  public func run(_ pattern: Pattern, passes: Int) -> Run {
    precondition(passes >= 0, "\(passes) passes")
    let start = ContinuousClock.now
    team.runTogether(
      BandwidthTask(
        pattern: pattern, words: words.baseAddress, count: words.count, passes: Int64(passes),
        checksums: checksums.baseAddress))
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var checksum: UInt64 = 0
    if pattern == .read {
      for thread in 0..<team.threads { checksum &+= checksums.baseAddress[thread * Self.resultStride] }
    }
    return Run(byteCount: passes * words.count * 8 * pattern.traffic, seconds: seconds, checksum: checksum)
  }

  /// The median rate in bytes a second of several runs of about `seconds` each, after a warm-up as long.
  ///
  /// A run during which the process was switched out is taken again.
  public func median(_ pattern: Pattern, of runs: Int = 9, seconds: Double = 2e-3) -> Double {
    precondition(runs > 0 && seconds > 0, "a median of \(runs) runs of \(seconds) seconds")
    var passes = 1
    while run(pattern, passes: passes).seconds < seconds / 2, passes < 1 << 40 { passes *= 2 }
    return medianValue((0..<runs).map { _ in undisturbed(max) { run(pattern, passes: passes).rate } })
  }

  fileprivate static let resultStride = 8
}

private struct BandwidthTask: TeamTask {
  let pattern: Bandwidth.Pattern
  let words: UnsafeMutablePointer<UInt64>
  let count: Int
  let passes: Int64
  let checksums: UnsafeMutablePointer<UInt64>

  func run(thread: Int, of threads: Int) {
    // Shares end on cache lines, so that no line travels between threads.
    let share = workShare(of: count, thread: thread, threads: threads, grain: 8)
    switch pattern {
    case .read:
      checksums[thread * Bandwidth.resultStride] = bk_read_words(words + share.lowerBound, share.count, passes)
    case .update:
      bk_update_words(words + share.lowerBound, share.count, 1, passes)
    }
  }
}
