import Synchronization

@testable import BatchProfiling

/// A machine whose clock moves only when something is done on it, and whose probe gives what the test says.
final class FakeMachine: Sendable {
  private let nanoseconds = Atomic<Int>(0)
  private let slept = Atomic<Int>(0)
  private let sleptNanoseconds = Atomic<Int>(0)

  var clock: TimerClock {
    TimerClock(
      now: { Double(self.nanoseconds.load(ordering: .relaxed)) * 1e-9 },
      switches: { 0 },
      processor: {
        Double(self.nanoseconds.load(ordering: .relaxed) - self.sleptNanoseconds.load(ordering: .relaxed)) * 1e-9
      },
      sleep: {
        self.pass($0)
        self.sleptNanoseconds.add(Int(($0 * 1e9).rounded()), ordering: .relaxed)
        self.slept.add(1, ordering: .relaxed)
      }, holdProcessor: { _ in })
  }

  /// How often somebody waited.
  var sleeps: Int { slept.load(ordering: .relaxed) }

  func pass(_ seconds: Double) { nanoseconds.add(Int((seconds * 1e9).rounded()), ordering: .relaxed) }
}

/// A probe that gives one rate after another, and 1 when there are no more.
final class FakeProbe: DisturbanceProbe {
  let name = "fake"
  let leastShare = 0.9
  /// The rates to come.
  var rates: [Double] = []
  /// What follows them.
  var usual = 1.0

  func probe() -> Double { rates.isEmpty ? usual : rates.removeFirst() }
}
