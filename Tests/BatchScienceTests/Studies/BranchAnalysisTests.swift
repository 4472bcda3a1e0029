import BatchFoundation
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

@testable import BatchScience

/// What branches show, from losses whose critical batch is known.
@Suite struct BranchAnalysisTests {
  /// Shares that are those of the model give its critical batch back.
  @Test(arguments: [1.0, 4, 37, 300])
  func theFitGivesTheModelBack(_ ratio: Double) throws {
    let multiples = [2.0, 4, 8, 16, 32]
    let fit = try #require(ProgressFit(multiples.map { ($0, (1 + ratio) / ($0 + ratio)) }))
    #expect(abs(fit.logRatio - log(ratio)) <= 1e-3 && !fit.isAtTop && !fit.isAtBottom)
    #expect(try #require(fit.error) < 1e-3)
    #expect(ProgressFit([]) == nil)
  }

  @Test func whatTheSizesCannotTellIsAtAnEnd() throws {
    #expect(try #require(ProgressFit([(2, 1), (4, 1.02), (8, 0.99)])).isAtTop)
    #expect(try #require(ProgressFit([(2, 0.5), (4, 0.25), (8, 0.125)])).isAtBottom)
  }

  /// Curves that follow the model exactly: what is left is the smoothing and the straight lines between evaluations.
  @Test(arguments: [2.0, 8, 20, 90])
  func plantedCriticalBatchesAreFound(_ critical: Double) throws {
    let results = try BranchFixture.results([BranchFixture.loss(critical: critical)])
    let moment = try #require(results.analysis().moments.first)
    guard case .known(let value, let interval?) = moment.progressCriticalBatch else {
      Issue.record("\(moment.progressCriticalBatch)")
      return
    }
    #expect(abs(log(value / critical)) < 0.05, "\(value) of \(critical)")
    #expect(interval.contains(value) && interval.upperBound / interval.lowerBound < 1.3)
    #expect(moment.branches.map(\.isFitted) == [false] + Array(repeating: true, count: 5))
    for branch in moment.branches.dropFirst() {
      let share = (4 + critical) / (4 * Double(branch.multiple) + critical)
      #expect(abs(try #require(branch.progress) - share) < 0.02)
      #expect(abs(try #require(moment.fittedProgress(Double(branch.multiple))) - share) < 0.02)
    }
    #expect(moment.losses.before.values == [1.2, 1.2, 1.2])
  }

  /// With noise the 95 % intervals hold the truth nearly always, and are not so wide that this says nothing.
  @Test func intervalsHoldThePlantedCriticalBatch() throws {
    var (held, told, widths) = (0, 0, [Double]())
    let count = 60
    for round in 0..<count {
      let loss = BranchFixture.loss(critical: 24, noise: 0.01)
      let results = try BranchFixture.results([{ loss($0, $1 + UInt64(100 * round), $2) }], seeds: [1, 2, 3, 4])
      guard case .known(_, let interval?)? = try results.analysis().moments.first?.progressCriticalBatch else {
        continue
      }
      told += 1
      if interval.contains(24) { held += 1 }
      widths.append(interval.upperBound / interval.lowerBound)
    }
    #expect(told >= 57 && Double(held) / Double(told) >= 0.9, "\(held) of \(told), \(widths)")
    #expect(widths.sorted()[widths.count / 2] < 1.3)
  }

  /// Merrill's rule by numbers: at the end, means of five, the losses are as given.
  @Test func theLargestThatLosesNothing() throws {
    func results(_ ends: [Int: [Double?]], tolerance: Double = 0.01) throws -> BranchAnalysis.Moment {
      let results = try BranchFixture.results(
        [
          { multiple, seed, share in
            ends[multiple]?[Int(seed) - 1].map { share > 0.7 ? $0 : 2 - share }
          }
        ], multiples: [1, 2, 4, 8], seeds: [1, 2, 3], tolerance: tolerance)
      return try #require(results.analysis().moments.first)
    }
    // 1.01 is within a hundredth of 1, and 1.012 is not; 4 loses with the second seed, and 8 gains with it.
    let ends: [Int: [Double?]] = [
      1: [1, 1, 1], 2: [0.9, 1.01, 1], 4: [0.9, 1.012, 1], 8: [0.95, 0.99, nil],
    ]
    let moment = try results(ends)
    #expect(moment.largestMultiples == [1: 4, 2: 8, 3: 4])
    #expect(moment.localCriticalBatch?.value == 16 && !moment.isBeyond)
    let interval = try #require(moment.localCriticalBatch?.interval)
    let logs = Sample([log(4.0), log(8), log(4)])
    #expect(abs(interval.lowerBound - 4 * exp(try #require(logs.interval).lowerBound)) < 1e-9)
    #expect(interval.upperBound == 32)
    let agreed = try results([1: [1, 1, 1], 2: [1, 1, 1], 4: [1, 1, 1], 8: [2, 2, 2]])
    #expect(agreed.localCriticalBatch?.interval?.contains(16) == true)
    #expect(moment.branches.map(\.divergedCount) == [0, 0, 0, 1] && moment.branches[3].losses.count == 2)
    #expect(moment.branches.map(\.batchSize) == [4, 8, 16, 32])
    #expect(abs(try #require(moment.toleranceShare) - 0.01) < 1e-12)
    // Without a tolerance 1.01 is more than 1.
    #expect(try results(ends, tolerance: 0).largestMultiples == [1: 4, 2: 8, 3: 4])
    let first = try results([1: [1, 1, nil], 2: [1.1, 1, 1], 4: [1.1, 1, 1], 8: [1.1, 1, 1]])
    #expect(first.largestMultiples == [1: 1, 2: 8])
    #expect(try results([1: [1, 1, 1], 2: [1, 1, 1], 4: [1, 1, 1], 8: [1, 1, 1]]).isBeyond)
  }

  @Test func whatCannotBeToldIsNoNumber() throws {
    func reading(
      _ loss: @escaping (Int, UInt64, Double) -> Double?, seeds: [UInt64] = [1, 2, 3]
    ) throws -> CriticalBatchReading? {
      try BranchFixture.results([loss], seeds: seeds).analysis().moments.first?.progressCriticalBatch
    }
    // No fall, or one within its ups and downs.
    let still = CriticalBatchReading.unknown("the loss falls by no more than it goes up and down by itself")
    #expect(try reading { _, _, _ in 1 } == still)
    #expect(try reading { _, _, share in 1 - 0.01 * share + (Int(share * 16).isMultiple(of: 2) ? 0.02 : 0) } == still)
    // No batch is worse, or all updates are worth the same.
    guard case .above(let most)? = try reading(BranchFixture.loss(critical: 1e9)) else {
      Issue.record("not above")
      return
    }
    #expect(abs(most - 1280) < 1e-9)
    guard case .below(let limit)? = try reading(BranchFixture.loss(critical: 0)) else {
      Issue.record("not below")
      return
    }
    #expect(abs(limit - 0.4) < 1e-9)
    // Larger batches do harm: the rate is at fault.
    #expect(
      try reading { multiple, _, share in multiple == 1 ? 1 - share / 2 : 1 + share }
        == .unknown("no larger batch makes as much progress an update as the pilot's"))
    // One seed has no spread.
    guard case .known(_, nil)? = try reading(BranchFixture.loss(critical: 20), seeds: [7]) else {
      Issue.record("an interval from one seed")
      return
    }
    // The largest numbers there are.
    for huge in [1e308, -1e308, 1e-308] { _ = try reading { _, _, share in huge * (1 - share / 2) } }
  }

  /// Branches whose rate is too far are no evidence on the batch.
  @Test func aBranchWhoseRateIsAtFaultIsLeftOut() throws {
    let loss = BranchFixture.loss(critical: 20)
    let results = try BranchFixture.results([{ $0 == 32 ? 1.2 + $2 : loss($0, $1, $2) }])
    let moment = try #require(results.analysis().moments.first)
    guard case .known(let value, _) = moment.progressCriticalBatch else {
      Issue.record("\(moment.progressCriticalBatch)")
      return
    }
    #expect(abs(log(value / 20)) < 0.05)
    #expect(moment.branches.last?.progress == 0 && moment.branches.last?.isFitted == false)
  }

  @Test func evidenceIsTheMedianOfTheMoments() throws {
    let losses = [4.0, 20, 100].map { BranchFixture.loss(critical: $0) }
    let analysis = try BranchFixture.results(losses).analysis()
    let evidence = try #require(analysis.criticalBatch)
    #expect(abs(log(evidence.median / 20)) < 0.05)
    // The scatter of ln 4, ln 20, ln 100, and next to no errors.
    #expect(abs(evidence.logDeviation - 1.609) < 0.05)
    let alone = try #require(analysis.criticalBatch(of: [analysis.moments[1]]))
    #expect(abs(log(alone.median / 20)) < 0.05 && alone.logDeviation == 1)
    #expect(analysis.criticalBatch(of: []) == nil)
    // Half of them beyond what can be told.
    let beyond = try BranchFixture.results([losses[0], BranchFixture.loss(critical: 1e9)]).analysis()
    #expect(beyond.criticalBatch == nil)
    #expect(beyond.criticalBatch(of: [beyond.moments[0]]) != nil)
  }

  /// Ends of updates without a walk are those of a walk.
  @Test func theClockIsThatOfAWalk() {
    for (count, batch) in [(10, 3), (10, 10), (7, 1), (210, 64), (5, 2)] {
      for start in 0..<3 * count {
        var (position, updates) = (start, 0)
        for distance in 1...3 * count {
          while position - start < distance {
            position += min(batch, count - position % count)
            updates += 1
          }
          let end = BranchClock(examplesPerEpoch: count).end(of: batch, from: start, atLeast: distance)
          #expect(end == (updates, position - start))
        }
      }
    }
  }
}
