import BatchFoundation
import BatchProfiling
import Glibc

/// What clock and system say of a stretch of computation: how long it took, and what kept it from the processors.
public struct ElapsedTime: Sendable, Hashable, Codable {
  /// The seconds by the clock on the wall.
  public var wallSeconds: Double
  /// The seconds that all threads of the process have spent on processors.
  public var processorSeconds: Double
  /// How often threads of the process were switched out against their will.
  public var involuntarySwitches: Int
  /// The seconds in which the machine's processors were taken away from it, as by other virtual machines, all processors
  /// together; nil where the system does not say.
  public var stolenSeconds: Double?

  /// A time with all of its parts.
  public init(wallSeconds: Double, processorSeconds: Double, involuntarySwitches: Int, stolenSeconds: Double?) {
    self.wallSeconds = wallSeconds
    self.processorSeconds = processorSeconds
    self.involuntarySwitches = involuntarySwitches
    self.stolenSeconds = stolenSeconds
  }

  /// What there has been since some moment before this process began, to take the difference of two.
  static func now() -> ElapsedTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return ElapsedTime(
      wallSeconds: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9, processorSeconds: processorTime(),
      involuntarySwitches: BatchProfiling.involuntarySwitches(), stolenSeconds: stolenTime())
  }

  /// What has passed since another moment.
  func since(_ start: ElapsedTime) -> ElapsedTime {
    ElapsedTime(
      wallSeconds: max(0, wallSeconds - start.wallSeconds),
      processorSeconds: max(0, processorSeconds - start.processorSeconds),
      involuntarySwitches: max(0, involuntarySwitches - start.involuntarySwitches),
      stolenSeconds: stolenSeconds.flatMap { now in start.stolenSeconds.map { max(0, now - $0) } })
  }

  /// What cannot be true of a time that was read from a file; nil for nothing.
  var fault: String? {
    let seconds = [wallSeconds, processorSeconds, stolenSeconds ?? 0]
    // Longer than anybody waits: a century of processors.
    return seconds.allSatisfy { $0 >= 0 && $0 < 3.2e9 } && involuntarySwitches >= 0
      ? nil : "'elapsed' has a time or a count that cannot be"
  }

  /// Since the machine was started, over all processors, in hundredths of a second: the eighth number of the first line.
  private static func stolenTime() -> Double? {
    guard let fields = SystemFile.lines("/proc/stat")?.first?.split(separator: " "), fields.first == "cpu",
      fields.count > 8, let ticks = Double(fields[8])
    else { return nil }
    return ticks / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
  }
}

/// The seconds that the threads of this process have spent on processors.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
