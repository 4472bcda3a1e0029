public import BatchAlgebra
import CBatchKernels

/// The bytes a second that travel between the processors of a team when each takes what another has just written.
///
/// Every thread updates a share of a small buffer, then takes the share of the thread before it: each cache line is in
/// the cache of another processor when it is wanted. What a layer's threads write and those of the next layer read
/// moves no faster. Threads wait for the one before them alone, so that the cost of a fork and join is not in it. In a
/// team of more threads than processors the rate says how they take turns, and nothing else.
public final class LineTransfer: @unchecked Sendable {
  /// What one run did and how long it took.
  public struct Run: Sendable, Hashable {
    /// The bytes that travelled.
    public var byteCount: Int
    /// The duration in seconds.
    public var seconds: Double

    /// The bytes a second.
    public var rate: Double { Double(byteCount) / seconds }
  }

  /// The bytes of a share: they fit the first cache of nearly every processor.
  public static var shareByteCount: Int { 32 << 10 }

  /// The team whose threads run at once.
  public let team: ThreadTeam
  /// The shares, one a thread: 64-bit words.
  public let words: AlignedBuffer<UInt64>
  /// The number of rounds run so far.
  public private(set) var rounds = 0
  /// The rounds of a ``probe()``, chosen so that it takes about the time asked for.
  public private(set) var roundsOfProbe = 1
  /// A cache line a thread: the number of rounds it has finished.
  private let finished: AlignedBuffer<Int64>

  /// A probe that takes about `seconds` when nothing else runs, for a team of at least two threads.
  ///
  /// Tries itself out for a few times that long.
  ///
  /// - Throws: `AllocationError` when there is no memory for the shares.
  public init(_ team: ThreadTeam, seconds: Double = 100e-6) throws(AllocationError) {
    precondition(team.threads >= 2, "nothing travels in a team of \(team.threads) thread")
    precondition(seconds > 0 && seconds <= 1, "a probe of \(seconds) seconds; give more than 0 and at most 1")
    self.team = team
    words = try AlignedBuffer(count: team.threads * Self.shareByteCount / 8)
    finished = try AlignedBuffer(count: team.threads * BK_ROUND_STRIDE)
    var count = 4
    while shortest(rounds: count) < seconds / 4, count < 1 << 30 { count *= 2 }
    roundsOfProbe = max(1, Int(Double(count) * seconds / shortest(rounds: count)))
  }

  /// The shortest of a few durations: one in which a thread slept or was interrupted looks long.
  private func shortest(rounds: Int) -> Double {
    max((0..<5).map { _ in run(rounds: rounds).seconds }.min() ?? 0, 1e-9)
  }

  /// One short probe, after a warm-up that wakes sleeping threads: the rate in bytes a second.
  public func probe() -> Double {
    _ = run(rounds: roundsOfProbe / 8 + 1)
    return run(rounds: roundsOfProbe).rate
  }

  /// Lets each share travel `rounds` times.
  ///
  /// In round r, counted from 0 over all runs, thread t adds t + 1 to every word of share (t − r) mod threads.
  public func run(rounds count: Int) -> Run {
    precondition(count >= 0, "\(count) rounds")
    let task = LineTransferTask(
      words: words.baseAddress, firstRound: Int64(rounds), rounds: Int64(count), finished: finished.baseAddress)
    let start = ContinuousClock.now
    team.runTogether(task)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    rounds += count
    return Run(byteCount: count * words.count * 8, seconds: seconds)
  }
}

private struct LineTransferTask: TeamTask {
  let words: UnsafeMutablePointer<UInt64>
  let firstRound: Int64
  let rounds: Int64
  let finished: UnsafeMutablePointer<Int64>

  func run(thread: Int, of threads: Int) {
    bk_rotate_shares(
      words, LineTransfer.shareByteCount / 8, Int32(thread), Int32(threads), firstRound, rounds, finished)
  }
}
