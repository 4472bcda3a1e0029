import Testing

@testable import BatchProfiling

@Suite struct InterleavedTimerTests {
  private let machine = FakeMachine()
  private let probe = FakeProbe()

  private var settings: TimingSettings {
    var settings = TimingSettings()
    (settings.minimumCycles, settings.maximumCycles, settings.maximumSeconds) = (6, 20, 1e6)
    return settings
  }

  private func timer(_ settings: TimingSettings) -> InterleavedTimer {
    InterleavedTimer(settings: settings, gates: [1: DisturbanceGate([probe])], clock: machine.clock)
  }

  /// Work of the given durations, one after another and then from the start.
  private func work(_ name: String, group: Int? = 0, seconds: [Double], log: Log = Log()) -> TimedWork {
    var next = 0
    return TimedWork(
      name: name, threads: 1, group: group, prepare: { log.prepared += 1 },
      run: { [machine] calls in
        log.order.append(name)
        for _ in 0..<calls { machine.pass(seconds[next % seconds.count]) }
        next += 1
      })
  }

  private final class Log {
    var order: [String] = []
    var prepared = 0
  }

  @Test func everyThingIsSampledOnceACycleInAnOrderOfItsOwn() {
    let log = Log()
    let result = timer(settings).run(["a", "b", "c"].map { work($0, seconds: [1e-3], log: log) })
    #expect(result.cycles == 6 && !result.wasStopped)
    for samples in result.samples {
      #expect(samples.cycles == Array(0..<6) && samples.isKept.allSatisfy { $0 } && samples.disturbedCycles == 0)
      #expect(samples.times == Array(repeating: 1e-3, count: 6))
      // Two and a half milliseconds' worth, to the nearest call; the fake clock rounds.
      #expect(samples.calls.allSatisfy { (2...3).contains($0) })
    }
    // Warm-up and sample are two runs each, after two of the very first.
    let orders = stride(from: 0, to: log.order.count, by: 2).map { log.order[$0] }
    #expect(Set(orders.suffix(15).map { $0 }).count == 3 && log.prepared == 3 + 3 * 6)
    let cycles = stride(from: 6, to: orders.count - 2, by: 3).map { Array(orders[$0..<$0 + 3]) }
    #expect(Set(cycles).count > 1)
  }

  /// What has no group is sampled as long as anything else is, and keeps nothing going.
  @Test func aControlIsSampledToTheEndAndNeverWaitedFor() {
    var settings = settings
    settings.precision = 0.01
    var control = work("control", seconds: [1e-3, 2e-3, 3e-3, 9e-3, 5e-3])
    control.group = nil
    let noisy = work("noisy", group: 1, seconds: [1e-3, 2e-3, 3e-3, 9e-3, 5e-3, 4e-3, 8e-3])
    let calm = work("calm", group: 2, seconds: [1e-3])
    let all = timer(settings).run([control, noisy, calm])
    #expect(all.cycles == 20 && all.samples.map(\.times.count) == [20, 20, 6])
    let quiet = timer(settings).run([control, calm])
    #expect(quiet.cycles == 6 && quiet.samples.map(\.times.count) == [6, 6])
  }

  @Test func aDisturbedSampleIsTakenAgainAndTheFirstCalmOneKept() {
    let timer = timer(settings)
    // Before and after the first sample, then another disturbed one before the calm.
    probe.rates = [1, 0.5, 0.5, 1, 1]
    let result = timer.run([work("a", seconds: [1e-3])])
    let samples = result.samples[0]
    #expect(samples.cycles.prefix(3) == [0, 0, 1] && samples.isKept.prefix(3) == [false, true, true])
    // A processor that was taken away comes back soon: who sleeps loses his own turn.
    #expect(samples.discarded == 1 && samples.disturbedCycles == 0 && machine.sleeps == 0)
    #expect(samples.times.count == 6)
  }

  /// Of short samples some are whole where of long ones none is.
  @Test func samplesAreShorterAfterDisturbedOnesAndGrowAgain() {
    let timer = timer(settings)
    probe.rates = (0..<5).flatMap { _ in [1, 0.5] } + Array(repeating: 1, count: 100)
    let samples = timer.run([work("a", seconds: [1e-4])]).samples[0]
    // Two and a half milliseconds, then halves down to the shortest, then a quarter longer each time.
    #expect(samples.calls.prefix(6) == [25, 13, 6, 3, 3, 3])
    #expect(samples.calls.dropFirst(5).prefix(5) == [3, 4, 5, 6, 7])
  }

  /// Settings may ask for samples shorter than the shortest that disturbances lead to.
  @Test func shortSamplesGrowNoLonger() {
    var short = settings
    short.sampleSeconds = 2e-4
    let timer = timer(short)
    probe.rates = [1, 0.5, 1, 0.5] + Array(repeating: 1, count: 100)
    #expect(timer.run([work("a", seconds: [1e-5])]).samples[0].calls.allSatisfy { $0 == 20 })
  }

  @Test func aMachineThatRestsSeldomIsTriedOftenAndThenWaitedFor() {
    let timer = timer(settings)
    probe.rates = Array(repeating: 0.5, count: 14) + [1, 1]
    let samples = timer.run([work("a", seconds: [1e-3])]).samples[0]
    #expect(machine.sleeps == 3 && samples.calm[0] >= 1 && samples.discarded == 0)
  }

  @Test func theProcessorTimeStandsBesideTheWallClock() {
    let samples = timer(settings).run([work("a", seconds: [1e-3])]).samples[0]
    #expect(samples.processorShare == Array(repeating: 1, count: 6))
    // Work that waits for something half of its time.
    let waiting = TimedWork(
      name: "waiting", threads: 1, group: 0,
      run: { [machine] calls in
        machine.pass(5e-4 * Double(calls))
        machine.clock.sleep(5e-4 * Double(calls))
      })
    let half = timer(settings).run([waiting]).samples[0].processorShare ?? []
    #expect(half.count == 6 && half.allSatisfy { abs($0 - 0.5) < 0.01 })
  }

  @Test func aMachineThatNeverComesToRestIsToldAndNotWaitedForForEver() {
    var short = settings
    short.maximumSeconds = 0
    let timer = timer(short)
    probe.usual = 0.5
    // Quiet is what the fastest tenth gives.
    probe.rates = Array(repeating: 1, count: 40)
    let gateIsQuiet = DisturbanceGate([probe])
    #expect(gateIsQuiet.quietPeak == 1)
    probe.rates = []
    let result = timer.run([work("a", seconds: [1e-3])])
    #expect(result.samples[0].disturbedCycles == 6 && result.samples[0].seconds.count == 6)
    // A few milliseconds a sample at most.
    #expect(machine.sleeps <= 12 && machine.clock.now() < 0.1)
  }

  @Test func groupsThatAreKnownWellAreLeftAlone() {
    let noisy = stride(from: 0, to: 40, by: 1).map { 1e-3 * (1 + 0.5 * Double($0 * 7 % 5)) }
    let result = timer(settings).run([
      work("sure", group: 0, seconds: [1e-3]), work("unsure", group: 1, seconds: noisy),
      work("beside", group: 1, seconds: [1e-3]),
    ])
    #expect(result.cycles == 20)
    #expect(result.samples.map { $0.times.count } == [6, 20, 20])
  }

  @Test func timeEndsARunButNotItsFirstCycles() {
    var short = settings
    short.maximumSeconds = 1e-3
    let noisy = [1e-3, 5e-3, 2e-3]
    #expect(timer(short).run([work("a", seconds: noisy)]).cycles == 6)
    short.maximumSeconds = 0.2
    let cycles = timer(short).run([work("a", seconds: noisy)]).cycles
    #expect(cycles > 6 && cycles < 20)
  }

  @Test func aRunCanBeStopped() {
    var asked = 0
    let result = timer(settings).run(
      [work("a", seconds: [1e-3]), work("b", seconds: [1e-3])],
      InterleavedTimer.Observer(shouldStop: {
        asked += 1
        return asked > 3
      }))
    #expect(result.wasStopped && result.samples.reduce(0) { $0 + $1.times.count } == 3)
  }

  @Test func timesAreScaledToTheQuietPeak() {
    let timer = timer(settings)
    probe.rates = [0.96, 0.96]
    let samples = timer.run([work("a", seconds: [1e-3])]).samples[0]
    #expect(samples.peak.prefix(2) == [0.96, 0.98])
    #expect(abs(samples.timesAtPeak[0] - 0.96e-3) < 1e-12)
  }
}
