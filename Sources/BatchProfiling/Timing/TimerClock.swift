import Glibc

/// What tells a timer the time and what was disturbed; the tests have one that stands still.
struct TimerClock: Sendable {
  /// The seconds since some moment.
  let now: @Sendable () -> Double
  /// How often threads of this process have been switched out against their will.
  let switches: @Sendable () -> Int
  /// Waits for so many seconds.
  let sleep: @Sendable (_ seconds: Double) -> Void

  /// The system's.
  static let monotonic = TimerClock(
    now: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }, switches: involuntarySwitches, sleep: { usleep(UInt32($0 * 1e6)) })
}
