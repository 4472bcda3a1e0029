import Glibc

/// The time that training steps spend in each of their phases, summed over steps.
///
/// Phases follow one another without gaps: the end of one is the start of the next. Times are those of the thread that
/// calls the step; what the others still work on when it has finished its share counts to the phase that waits for
/// them. Only that thread may use a recorder, and only between tasks or in its own share of one.
public final class StepPhaseTimes {
  /// Whole nanoseconds, so that the order of many small sums does not matter; one place a phase.
  private var nanoseconds = [Int64](repeating: 0, count: StepPhase.allCases.count)
  private var mark: Int64

  /// A recorder that has recorded nothing.
  public init() { mark = Self.now() }

  /// Starts a phase: what has passed since the last mark belongs to none.
  public func start() { mark = Self.now() }

  /// Ends a phase, to which the time since the last mark is added, and starts the next.
  public func end(_ phase: StepPhase) {
    let now = Self.now()
    nanoseconds[phase.index] += now - mark
    mark = now
  }

  /// Forgets the times recorded so far.
  public func reset() {
    // In place: a recorder that is reset between steps allocates nothing.
    for index in nanoseconds.indices { nanoseconds[index] = 0 }
  }

  /// The seconds spent in a phase.
  public func seconds(in phase: StepPhase) -> Double { Double(nanoseconds[phase.index]) * 1e-9 }

  /// The seconds spent in all phases together.
  public var totalSeconds: Double { Double(nanoseconds.reduce(0, +)) * 1e-9 }

  /// The monotonic clock, which Linux reads without a system call.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
