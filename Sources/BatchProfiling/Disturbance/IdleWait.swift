import BatchAlgebra
import BatchFoundation
import Glibc

/// A wait for the other threads of this process to stop using the processors.
///
/// The threads of another library may spin for a while after its last call, on processors that the next thing to be
/// timed wants.
public struct IdleWait: Sendable, Hashable {
  /// The part of a processor below which the other threads count as quiet.
  public var share = 0.05
  /// The time over which their use is looked at, in seconds.
  public var windowSeconds = 1e-3
  /// How long to wait at most, in seconds.
  public var limitSeconds: Double

  /// A wait of at most so many seconds.
  public init(limitSeconds: Double = 0.25) { self.limitSeconds = limitSeconds }

  /// Returns when the other threads have been quiet for one window, or the limit is over: whether they became quiet.
  ///
  /// Other threads are quiet when they used less than ``share`` of the window and none of them wants to run at its end:
  /// a thread that yields as it spins may get nothing of a window where other programs are busy.
  @discardableResult
  public func wait() -> Bool {
    var before = ThreadTimes()
    return wait {
      usleep(UInt32(max(windowSeconds, 1e-6) * 1e6))
      let after = ThreadTimes()
      defer { before = after }
      return (after.clock - before.clock, after.othersAreRunnable ? .infinity : after.usedByOthers(since: before))
    }
  }

  /// The same with windows from elsewhere: how long each was, and the processor time that others used in it.
  func wait(window: () -> (seconds: Double, used: Double)) -> Bool {
    var waited = 0.0
    repeat {
      let (seconds, used) = window()
      if used < share * seconds { return true }
      waited += seconds
    } while waited < limitSeconds
    return false
  }
}

/// The processor time that each thread of this process has used so far.
///
/// The clock of the whole process is of no use here: while threads run elsewhere it stands still between ticks of the
/// system's timer, 4 ms on many systems, and a thread that spins seems to sleep. A thread's own clock is exact.
private struct ThreadTimes {
  private(set) var clock: Double
  private var own: Double
  private var threads: [Int32: Double] = [:]
  private var runnable = 0

  init() {
    clock = Self.seconds(CLOCK_MONOTONIC) ?? 0
    own = Self.seconds(CLOCK_THREAD_CPUTIME_ID) ?? 0
    guard let folder = opendir("/proc/self/task") else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let thread = Int32(name) else { continue }
      // The clock of a thread by its number, as pthread_getcpuclockid makes it.
      threads[thread] = Self.seconds(~thread << 3 | 6)
      if Self.isRunnable(thread) { runnable += 1 }
    }
  }

  /// Whether a thread other than the calling one, which is running, runs or wants to.
  var othersAreRunnable: Bool { runnable > 1 }

  /// The time that threads other than the calling one have used since then, in seconds.
  func usedByOthers(since before: ThreadTimes) -> Double {
    // Thread by thread, since the time of a thread that ended is gone from the sum.
    let all = threads.reduce(0) { $0 + $1.value - (before.threads[$1.key] ?? 0) }
    return all - (own - before.own)
  }

  private static func seconds(_ clock: clockid_t) -> Double? {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The state stands behind the thread's name, which is in parentheses and may have some of its own.
  private static func isRunnable(_ thread: Int32) -> Bool {
    guard let line = SystemFile.lines("/proc/self/task/\(thread)/stat")?.first, let end = line.lastIndex(of: ")") else {
      return false
    }
    return line[end...].dropFirst().hasPrefix(" R")
  }
}
