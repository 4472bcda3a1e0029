import BatchAlgebra
import BatchProfiling
import BatchTestSupport
import Testing

@testable import BatchScience

/// Step times that runs show to have been measured in a slow spell are measured once more.
@Suite struct SlowSpellTests {
  private let folder = TemporaryFolder()

  /// Three runs, whose steps take a millisecond.
  private struct Runs: StudyPlan {
    static let kind = "runs"
    static let title = "a study of runs"
    static let isAdaptive = true

    struct Trial: StudyTrial {
      var seed: UInt64
      var batchSize: Int { 1 }
      var key: String { "run-s\(seed)" }
      var description: String { "seed \(seed)" }
    }
    typealias Record = CoinPlan.Record
    typealias Outcome = CoinPlan.Outcome

    var trials: [Trial] { [Trial(seed: 0)] }
    var timedSizes: [Int] { [1, 2] }
    func trial(after results: StudyResults<Runs>) -> Trial? {
      results.trials.count < 3 ? Trial(seed: UInt64(results.trials.count)) : nil
    }
    func fastestSteps(in trials: [TrialResult<Runs>]) -> [Int: Double] { trials.isEmpty ? [:] : [1: 1e-3] }
    func differences(from other: Runs) -> [String] { [] }
    func analysis(of results: StudyResults<Runs>) -> Int { results.trials.count }
  }

  private final class Clock {
    var readings: [Double]
    init(_ readings: [Double]) { self.readings = readings }
  }

  private struct Measurement: StudyMeasurement {
    let plan = Runs()
    let clock: Clock

    func measure(_ trial: Runs.Trial, _ recorder: TrialRecorder<Runs>) throws(StudyError) -> CoinPlan.Outcome {
      CoinPlan.Outcome(heads: 1)
    }
    func stepTimes(_ context: ComputeContext, team: ThreadTeam, _ observer: ProfileObserver) -> [StepTimes.Point]? {
      let seconds = clock.readings.removeFirst()
      return [1, 2].map { StepTimesFixture.point($0, seconds: Double($0) * seconds) }
    }
    func cost(_ context: ComputeContext, team: ThreadTeam) -> StudyCost { StudyCost(entries: []) }
  }

  /// The seconds of a step of one example at the end, and whether they are of a second timing.
  private func run(_ readings: [Double]) throws -> (seconds: Double?, isSecond: Bool?) {
    let measurement = Measurement(clock: Clock(readings))
    func study() throws -> Study<Measurement> {
      try Study(measurement, folder: "\(folder.path)/s", context: .oneThread)
    }
    try study().run()
    try study().run()
    #expect(measurement.clock.readings.isEmpty)
    let results = try StudyResults<Runs>(folder: "\(folder.path)/s")
    #expect(results.trials.count == 3)
    let times = results.chosenStepTimes
    return (times?.points[0].time?.value, times?.isSecond)
  }

  @Test(
    arguments: [
      ([2e-3, 1e-3], 1e-3, true), ([2e-3, 3e-3], 2e-3, true), ([1.1e-3], 1.1e-3, nil), ([0.5e-3], 0.5e-3, nil),
    ] as [([Double], Double, Bool?)])
  func theFasterOfTwoTimingsCounts(_ readings: [Double], _ seconds: Double, _ isSecond: Bool?) throws {
    let end = try run(readings)
    #expect(abs((end.seconds ?? 0) / seconds - 1) < 0.02 && end.isSecond == isSecond)
  }

  @Test func aDisturbedTimingIsNotRefuted() {
    var times = StepTimes(
      study: "", environment: .current(), points: [StepTimesFixture.point(1, seconds: 2e-3)], seconds: 1)
    #expect(times.isRefuted(by: [1: 1e-3]) && !times.isRefuted(by: [1: 1.7e-3]) && !times.isRefuted(by: [2: 1e-3]))
    times.points[0].time = nil
    #expect(!times.isRefuted(by: [1: 1e-3]))
  }
}
