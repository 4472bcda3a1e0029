import BatchAlgebra
import BatchData
import BatchFoundation
import BatchScience
import BatchTestSupport
import Testing

@testable import BatchProfiling

@Suite struct ProfileComparisonTests {
  /// A profile of three batch sizes whose times are scaled by one factor each.
  static func profile(
    factors: [Double] = [1, 1, 1], peak: Double = 1e11, bound: GEMMExplanation.Bound = .bandwidth
  )
    -> GEMMProfile
  {
    let plan = GEMMProfilePlan(
      layers: [LayerShape(inputs: 64, outputs: 64)], passes: [.forward], batchSizes: [1, 2, 4],
      engines: [ProfiledEngine(.auto)], threads: [1])
    let points = zip(plan.products, factors).map { key, factor in
      let samples = TimedSamples.madeUp(about: 1e-5 * factor, cycles: 20, spread: 0.002)
      return GEMMPoint(
        key: key, method: ProductMethod(description: "made up"), error: 0, samples: samples,
        time: MedianEstimate(of: samples.times), ratioToPeak: nil,
        explanation: GEMMExplanation(
          bound: bound, intensity: 1, ceiling: 1e-6, call: 0, tiles: 0, packing: 0, threads: 0, rest: 9e-6))
    }
    let ceilings = MachineCeilings(
      peaks: [MachineCeilings.Peak(threads: 1, precision: .float, rate: peak)], rungs: [], transfers: [])
    return GEMMProfile(
      environment: .current(), plan: plan, ceilings: ceilings, points: points, rejections: [], cliffs: [], cycles: 20,
      seconds: 1, wasStopped: false)
  }

  @Test func pointsAreMatchedAndJudged() throws {
    let comparison = try ProfileComparison(
      .gemm(Self.profile()), .gemm(Self.profile(factors: [1.01, 1.3, 0.8])), margin: 0.05)
    #expect(comparison.rows.map(\.change.verdict) == [.same, .slower, .faster])
    #expect(abs(comparison.rows[1].change.ratio - 1 / 1.3) < 0.005)
    #expect(comparison.rows[0].name == "64x64 forward, batch 1, auto, 1 thread")
    #expect(comparison.regressions(beyond: 0.1).map(\.name) == [comparison.rows[1].name])
    #expect(comparison.regressions(beyond: 0.5).isEmpty && comparison.count(.same) == 1)
    #expect(comparison.unmatched.isEmpty && comparison.differences.isEmpty)
  }

  @Test func anotherClockIsNoChangeWhereOperationsBound() throws {
    let slow = Self.profile(factors: [1.2, 1.2, 1.2], peak: 1e11 / 1.2, bound: .operations)
    let comparison = try ProfileComparison(.gemm(Self.profile(bound: .operations)), .gemm(slow))
    #expect(comparison.rows.allSatisfy { $0.isAtPeak && $0.change.verdict == .same })
  }

  private static func control(_ factor: Double) -> [ControlSamples] {
    [
      ControlSamples(
        threads: 1, samples: TimedSamples.madeUp(about: 1e-4 * factor, cycles: 20, spread: 0.002))
    ]
  }

  /// Where everything is 1.3 times as slow, the control too, nothing can be said; a change beyond that is one.
  @Test func aMachineThatChangedLeavesRoomInEveryInterval() throws {
    var (first, second) = (Self.profile(), Self.profile(factors: [1.3, 1, 2.2]))
    (first.controls, second.controls) = (Self.control(1), Self.control(1.3))
    let comparison = try ProfileComparison(.gemm(first), .gemm(second))
    #expect(comparison.rows.map(\.change.verdict) == [.unclear, .unclear, .slower])
    let interval = try #require(comparison.rows[0].change.interval)
    #expect(interval.lowerBound < 0.775 && interval.upperBound > 0.995 && interval.upperBound < 1.01)
    #expect(abs(comparison.rows[0].change.ratio - 1 / 1.3) < 0.005)
    #expect(comparison.controls.map(\.threads) == [1] && comparison.controls[0].change.verdict == .slower)
    // The same machine: nothing is made wider.
    second.controls = Self.control(1.01)
    let same = try ProfileComparison(.gemm(first), .gemm(second))
    #expect(same.rows.map(\.change.verdict) == [.slower, .same, .slower])
    second.controls = nil
    #expect(try ProfileComparison(.gemm(first), .gemm(second)).rows == same.rows)
    // Another number of threads tells nothing.
    second.controls = Self.control(1.3).map { ControlSamples(threads: 2, samples: $0.samples) }
    #expect(try ProfileComparison(.gemm(first), .gemm(second)).rows == same.rows)
  }

  /// A clock that has changed explains the control's change at the same peak.
  @Test func anotherClockIsNoChangeOfTheControl() throws {
    var first = Self.profile(bound: .operations)
    var slow = Self.profile(factors: [1.2, 1.2, 1.2], peak: 1e11 / 1.2, bound: .operations)
    (first.controls, slow.controls) = (Self.control(1), Self.control(1.2))
    let comparison = try ProfileComparison(.gemm(first), .gemm(slow))
    #expect(comparison.rows.allSatisfy { $0.change.verdict == .same })
    #expect(comparison.controls[0].change.verdict == .slower)
  }

  @Test func profilesWithoutControlsAreRead() throws {
    var profile = Self.profile()
    let text = String(decoding: Profile.gemm(profile).json, as: UTF8.self)
    #expect(!text.contains("controls"))
    let folder = TemporaryFolder()
    #expect(try Profile(path: folder.write(text, to: "old.json")) == .gemm(profile))
    profile.controls = Self.control(1)
    try Profile.gemm(profile).write(to: "\(folder.path)/new.json")
    #expect(try Profile(path: "\(folder.path)/new.json") == .gemm(profile))
  }

  @Test func whatOnlyOneHasAndWhatDiffersIsTold() throws {
    var other = Self.profile()
    other.points.removeLast()
    other.environment.processor = "another"
    let comparison = try ProfileComparison(.gemm(Self.profile()), .gemm(other))
    #expect(comparison.rows.count == 2 && comparison.unmatched == ["64x64 forward, batch 4, auto, 1 thread"])
    #expect(comparison.differences.count == 1 && comparison.differences[0].hasSuffix("→ another"))
  }

  @Test func anotherStateOfTheMachineIsTold() throws {
    var other = Self.profile()
    other.ceilings.transfers = [MachineCeilings.Transfer(threads: 2, rate: 28.24e9)]
    var first = other
    first.ceilings.transfers[0].rate = 74.9e9
    first.ceilings.peaks[0].rate *= 1.1
    let comparison = try ProfileComparison(.gemm(first), .gemm(other))
    #expect(comparison.differences == ["lines between cores, 2 threads: 74.9 G/s → 28.2 G/s"])
  }

  @Test func damagedFilesAreNamed() throws {
    let folder = TemporaryFolder()
    let error = #expect(throws: FileError.self) {
      try Profile(path: folder.write("{\"kind\": \"gemm\"}", to: "a.json"))
    }
    #expect(error?.description == "\(folder.path)/a.json: 'profile' is missing")
    #expect(throws: FileError.self) { try Profile(path: "\(folder.path)/none.json") }
  }
}
