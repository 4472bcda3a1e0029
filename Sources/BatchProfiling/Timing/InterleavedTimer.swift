import BatchFoundation
import CBatchKernels
import Glibc

/// Times several things in turn on a machine that others use, too.
///
/// All things are sampled once a cycle, in an order that is drawn anew each time, so that drift spreads over all of
/// them. Probes on both sides of every sample tell whether it was disturbed; such a sample is taken again, as often as
/// the time allows, and is shorter then: a system that has other things to run takes a processor away every few
/// milliseconds, and what is as short as a part of that is often whole. Things are sampled until all of their group are
/// known well enough.
public struct InterleavedTimer {
  /// How long and how often.
  public let settings: TimingSettings
  /// The gate of each number of threads.
  private let gates: [Int: DisturbanceGate]
  private let clock: TimerClock

  /// A timer with a gate for each number of threads that the work will keep busy.
  public init(settings: TimingSettings, gates: [Int: DisturbanceGate]) {
    self.init(settings: settings, gates: gates, clock: .monotonic)
  }

  init(settings: TimingSettings, gates: [Int: DisturbanceGate], clock: TimerClock) {
    self.settings = settings
    self.gates = gates
    self.clock = clock
  }

  /// What a running timer tells and asks.
  public struct Observer {
    /// Called before every sample with the share of the time or the cycles that is over.
    public var onSample: (_ share: Double, _ cycle: Int) -> Void
    /// Asked before every sample: true ends the run.
    public var shouldStop: () -> Bool

    /// An observer that does nothing but what it is given.
    public init(
      onSample: @escaping (_ share: Double, _ cycle: Int) -> Void = { _, _ in },
      shouldStop: @escaping () -> Bool = { false }
    ) {
      self.onSample = onSample
      self.shouldStop = shouldStop
    }
  }

  /// What a run measured.
  public struct Result: Sendable, Hashable {
    /// The samples, in the order of the work.
    public var samples: [TimedSamples]
    /// The number of cycles.
    public var cycles: Int
    /// The duration in seconds.
    public var seconds: Double
    /// Whether it was stopped before it was done.
    public var wasStopped: Bool
  }

  /// Times the work.
  ///
  /// Its members must have gates for their numbers of threads. A run that is stopped in its first cycle leaves some of
  /// them without samples.
  public func run(_ work: [TimedWork], _ observer: Observer = Observer()) -> Result {
    var run = TimerRun(work: work, settings: settings, gates: gates, clock: clock, observer: observer)
    return run.result()
  }
}

/// A sample with what the probes gave on both sides.
private struct TakenSample {
  var cycle: Int
  var seconds: Double
  var calls: Int
  var switches: Int
  var processorShare: Double
  var before: DisturbanceGate.Reading
  var after: DisturbanceGate.Reading
}

/// A run as it goes on.
private struct TimerRun {
  let work: [TimedWork]
  let settings: TimingSettings
  let gates: [Int: DisturbanceGate]
  let clock: TimerClock
  let observer: InterleavedTimer.Observer
  let start: Double
  private let processors = Int(bk_available_processors())
  var taken: [[TakenSample]]
  /// About how long a call takes, in seconds.
  var callSeconds: [Double]
  /// A reading that is fresh enough to be the first side of the next sample, and its gate.
  var lastReading: (reading: DisturbanceGate.Reading, threads: Int, hasMemory: Bool, time: Double)?

  /// The part of the settings' durations that samples and warm-ups have now: less after disturbed ones, all of it on a
  /// quiet machine.
  private var length = 1.0

  /// The duration in seconds below which samples are not shortened.
  private static let shortestSample = 0.3e-3
  /// The duration in seconds below which warm-ups are not shortened: operands that fill a cache take many calls to settle
  /// in it after a probe.
  private static let shortestWarmUp = 0.6e-3
  /// So many tries of a sample follow one another at once, before there are pauses.
  ///
  /// A processor that was taken away comes back within milliseconds, and a thread that sleeps meanwhile loses its turn. A
  /// disturbance that lasts longer is waited for.
  private static let triesAtOnce = 12
  /// The first pause in seconds; it doubles with every try.
  private static let pause = 2e-3
  /// A sample is tried for so many seconds even when the time is over: the first cycles have to tell something.
  private static let leastPatience = 3e-3
  /// A sample is tried no more often than this within a cycle.
  private static let mostTries = 24

  init(
    work: [TimedWork], settings: TimingSettings, gates: [Int: DisturbanceGate], clock: TimerClock,
    observer: InterleavedTimer.Observer
  ) {
    self.work = work
    self.settings = settings
    self.gates = gates
    self.clock = clock
    self.observer = observer
    start = clock.now()
    taken = Array(repeating: [], count: work.count)
    callSeconds = Array(repeating: 0, count: work.count)
  }

  mutating func result() -> InterleavedTimer.Result {
    var generator = RandomStream(seed: settings.seed, name: "timing")
    var active = Set(work.compactMap(\.group))
    var cycle = 0
    var wasStopped = false
    cycles: while !active.isEmpty, cycle < settings.maximumCycles {
      if cycle >= settings.minimumCycles, isOverTime { break }
      for index in generator.permutation(of: 0..<Int32(work.count)) {
        guard work[Int(index)].group.map(active.contains) ?? true else { continue }
        if observer.shouldStop() {
          wasStopped = true
          break cycles
        }
        let shareOfCycles = Double(cycle) / Double(settings.minimumCycles)
        observer.onSample(
          min(1, max(min(1, shareOfCycles) * 0.5, (clock.now() - start) / settings.maximumSeconds)), cycle)
        takeSample(of: Int(index), cycle: cycle)
      }
      cycle += 1
      // Looked at seldom: who stops as soon as an interval happens to be narrow stops too early.
      if cycle >= settings.minimumCycles, (cycle - settings.minimumCycles).isMultiple(of: 4) {
        active.subtract(groupsKnownWell(among: active))
      }
    }
    return InterleavedTimer.Result(
      samples: work.indices.map(settled), cycles: cycle, seconds: clock.now() - start, wasStopped: wasStopped)
  }

  private var isOverTime: Bool { clock.now() - start >= settings.maximumSeconds }

  private func groupsKnownWell(among active: Set<Int>) -> Set<Int> {
    var known = active
    for index in work.indices {
      guard let group = work[index].group, known.contains(group) else { continue }
      let samples = settled(index)
      let width = samples.gotQuiet ? samples.estimate(draws: 200)?.relativeHalfWidth ?? .infinity : .infinity
      if width > settings.precision { known.remove(group) }
    }
    return known
  }

  /// Tries a sample until one was calm, or the time for it is over.
  private mutating func takeSample(of index: Int, cycle: Int) {
    let item = work[index]
    guard let gate = gates[item.threads] else { preconditionFailure("no gate for \(item.threads) threads") }
    if callSeconds[index] == 0 {
      item.prepare()
      // The first call finds nothing in the cache and may load code.
      item.run(1)
      callSeconds[index] = seconds(item, calls: 1)
      settle(item)
    }
    let isHeld = item.threads == processors && item.threads > 1 && !item.hasOwnThreads
    if isHeld { clock.holdProcessor(true) }
    defer { if isHeld { clock.holdProcessor(false) } }
    let begin = clock.now()
    let patience = patience(cycle)
    var tries = 0
    while true {
      tries += 1
      let isLast = tries >= Self.mostTries || clock.now() - begin >= patience
      let before = reading(gate, item, fresh: tries > 1)
      if isLast || gate.calm(before) >= 1 {
        let sample = sample(of: index, cycle: cycle, before: before, gate)
        taken[index].append(sample)
        let isCalm = calm(sample, of: index) >= 1
        length = isCalm ? min(1, length * 1.25) : max(min(1, Self.shortestSample / settings.sampleSeconds), length / 2)
        if isCalm || isLast { return }
      }
      if tries >= Self.triesAtOnce { clock.sleep(Self.pause * Double(1 << (tries - Self.triesAtOnce))) }
    }
  }

  /// How long a sample may be tried for, in seconds.
  ///
  /// Twice its share of the time that is left for the first cycles, or for one cycle after those. Nobody waits for a
  /// machine that does not come to rest.
  private func patience(_ cycle: Int) -> Double {
    let left = settings.maximumSeconds - (clock.now() - start)
    let samples = work.count * max(1, settings.minimumCycles - cycle)
    return min(0.06, max(Self.leastPatience, 2 * left / Double(samples)))
  }

  private mutating func sample(
    of index: Int, cycle: Int, before: DisturbanceGate.Reading, _ gate: DisturbanceGate
  ) -> TakenSample {
    let item = work[index]
    let warmUpSeconds = min(settings.warmUpSeconds, max(Self.shortestWarmUp, settings.warmUpSeconds * length))
    let warmUp = Int((warmUpSeconds / callSeconds[index]).rounded(.up))
    let calls = max(1, Int((settings.sampleSeconds * length / callSeconds[index]).rounded()))
    item.prepare()
    item.run(warmUp)
    let switches = clock.switches()
    let processor = clock.processor()
    let seconds = seconds(item, calls: calls)
    let used = clock.processor() - processor
    let switched = clock.switches() - switches
    settle(item)
    // The least: after a disturbed sample the next would be of too few calls.
    callSeconds[index] = min(callSeconds[index], seconds)
    return TakenSample(
      cycle: cycle, seconds: Rounding.digits(seconds, 6), calls: calls, switches: switched,
      processorShare: Rounding.digits(used / (seconds * Double(calls)), 4), before: before,
      after: reading(gate, item, fresh: true))
  }

  /// Foreign threads may spin on after their work, which would disturb the probe and the next sample.
  private mutating func settle(_ item: TimedWork) {
    guard item.hasOwnThreads else { return }
    IdleWait().wait()
    lastReading = nil
  }

  private mutating func reading(
    _ gate: DisturbanceGate, _ item: TimedWork, fresh: Bool = false
  ) -> DisturbanceGate.Reading {
    if !fresh, let last = lastReading, last.threads == item.threads, last.hasMemory == item.isMemoryBound,
      clock.now() - last.time < 1e-3
    {
      return last.reading
    }
    let reading = gate.read(memory: item.isMemoryBound)
    lastReading = (reading, item.threads, item.isMemoryBound, clock.now())
    return reading
  }

  private func seconds(_ item: TimedWork, calls: Int) -> Double {
    let start = clock.now()
    item.run(calls)
    return max(1e-9, (clock.now() - start) / Double(calls))
  }

  /// How calm the machine was about a sample; 0 where threads were switched out more often than they may be.
  private func calm(_ sample: TakenSample, of index: Int) -> Double {
    guard let gate = gates[work[index].threads], sample.switches <= allowedSwitches(of: index) else { return 0 }
    return min(gate.calm(sample.before), gate.calm(sample.after))
  }

  /// How often threads may be switched out in a sample: own threads of a library as often as in half of its calm
  /// samples, which they do to one another; others never.
  private func allowedSwitches(of index: Int) -> Int {
    guard work[index].hasOwnThreads, let gate = gates[work[index].threads] else { return 0 }
    let usual = taken[index].filter { min(gate.calm($0.before), gate.calm($0.after)) >= 1 }.map(\.switches).sorted()
    return usual.count >= 4 ? usual[usual.count / 2] : 0
  }

  /// Judges all samples once more: the first were taken when nobody knew how fast the probes can be.
  private func settled(_ index: Int) -> TimedSamples {
    var result = TimedSamples()
    guard let gate = gates[work[index].threads] else { return result }
    var best: [Int: (position: Int, calm: Double)] = [:]
    for (position, sample) in taken[index].enumerated() {
      let calm = calm(sample, of: index)
      result.cycles.append(sample.cycle)
      result.seconds.append(sample.seconds)
      result.calls.append(sample.calls)
      result.switches.append(sample.switches)
      result.processorShare?.append(sample.processorShare)
      result.peak.append(Rounding.digits(gate.peak(sample.before, sample.after), 4))
      result.calm.append(Rounding.digits(calm, 4))
      result.isKept.append(false)
      // The first calm one: choosing among several would favour lucky ones.
      if best[sample.cycle].map({ $0.calm < 1 && calm > $0.calm }) ?? true { best[sample.cycle] = (position, calm) }
    }
    for (position, calm) in best.values {
      result.isKept[position] = true
      if calm < 1 { result.disturbedCycles += 1 }
    }
    return result
  }
}

/// What tells a timer the time and what was disturbed; the tests have one that stands still.
struct TimerClock: Sendable {
  /// The seconds since some moment.
  let now: @Sendable () -> Double
  /// How often threads of this process have been switched out against their will.
  let switches: @Sendable () -> Int
  /// The processor time that the calling thread has used so far, in seconds.
  let processor: @Sendable () -> Double
  /// Waits for so many seconds.
  let sleep: @Sendable (_ seconds: Double) -> Void
  /// Keeps the calling thread on the processor that it runs on, or lets it run on all again.
  ///
  /// A team as wide as the machine loses more by moving than by waiting: where its caller goes the helper that was there
  /// has to go, too, and the two may stand in one queue for seconds.
  let holdProcessor: @Sendable (Bool) -> Void

  /// The system's.
  static let monotonic = TimerClock(
    now: { seconds(CLOCK_MONOTONIC) }, switches: involuntarySwitches, processor: { seconds(CLOCK_THREAD_CPUTIME_ID) },
    sleep: { usleep(UInt32($0 * 1e6)) }, holdProcessor: { $0 ? bk_hold_processor() : bk_release_processor() })

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
