import Glibc

/// What tells a timer the time; the tests have one that stands still.
struct TimerClock: Sendable {
  /// The seconds since some moment.
  let now: @Sendable () -> Double
  /// Waits for so many seconds.
  let sleep: @Sendable (_ seconds: Double) -> Void

  /// The system's.
  static let monotonic = TimerClock(
    now: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }, sleep: { usleep(UInt32($0 * 1e6)) })
}
