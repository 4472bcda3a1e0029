import BatchAlgebra
import BatchProfiling
import Foundation
import Testing

@Suite struct MachineCeilingsTests {
  /// Not in order, and of two numbers of threads.
  private let ceilings = MachineCeilings(
    peaks: [
      .init(threads: 1, precision: .float, rate: 100), .init(threads: 1, precision: .double, rate: 50),
      .init(threads: 2, precision: .float, rate: 190),
    ],
    rungs: [
      .init(threads: 1, cacheLevel: nil, workingSet: 16384, read: 10, update: 8),
      .init(threads: 1, cacheLevel: 1, workingSet: 1024, read: 90, update: 120),
      .init(threads: 1, cacheLevel: 2, workingSet: 4096, read: 50, update: 60),
      .init(threads: 2, cacheLevel: 1, workingSet: 2048, read: 180, update: 240),
    ],
    transfers: [.init(threads: 2, rate: 7)])

  @Test func findsWhatWasMeasured() {
    #expect(ceilings.threadCounts == [1, 2])
    #expect(ceilings.peak(.float, threads: 2) == 190 && ceilings.peak(.double, threads: 1) == 50)
    #expect(ceilings.peak(.double, threads: 2) == nil && ceilings.peak(.float, threads: 3) == nil)
    #expect(ceilings.transfer(threads: 2) == 7 && ceilings.transfer(threads: 1) == nil)
    #expect(ceilings.rungs.map(\.place) == ["memory", "L1", "L2", "L1"])
  }

  static let bandwidths: [(Int, Double, Double)] = [
    // At the rungs, below and above them all, and half way in the logarithm.
    (1024, 90, 120), (4096, 50, 60), (16384, 10, 8), (0, 90, 120), (1, 90, 120), (1023, 90, 120), (16385, 10, 8),
    (.max, 10, 8), (2048, 70, 90), (8192, 30, 34),
  ]

  @Test(arguments: bandwidths)
  func interpolates(_ workingSet: Int, _ read: Double, _ update: Double) throws {
    let rates = try Bandwidth.Pattern.allCases.map {
      try #require(ceilings.bandwidth($0, workingSet: workingSet, threads: 1))
    }
    #expect(abs(rates[0] - read) < 1e-9 && abs(rates[1] - update) < 1e-9)
  }

  @Test func oneRungIsAConstantAndNoneIsNothing() {
    for size in [1, 2048, 1 << 40] { #expect(ceilings.bandwidth(.update, workingSet: size, threads: 2) == 240) }
    #expect(ceilings.bandwidth(.read, workingSet: 1, threads: 3) == nil)
  }

  @Test func goesThroughJSON() throws {
    let data = try JSONEncoder().encode(ceilings)
    #expect(try JSONDecoder().decode(MachineCeilings.self, from: data) == ceilings)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]])
    #expect(object.keys.sorted() == ["peaks", "rungs", "transfers"])
    #expect(object["peaks"]?[0]["precision"] as? String == "float" && object["rungs"]?[1]["cacheLevel"] as? Int == 1)
    #expect(object["rungs"]?[0]["cacheLevel"] == nil && object["rungs"]?[0]["workingSet"] as? Int == 16384)
  }

  @Test func measuresEveryQuantity() throws {
    let ceilings = try MachineCeilings.measure(threadCounts: [2, 1, 2])
    #expect(ceilings.threadCounts == [1, 2])
    for threads in ceilings.threadCounts {
      #expect(ceilings.peaks.filter { $0.threads == threads }.map(\.precision) == FMAPeak.Precision.supported)
      let rungs = ceilings.rungs.filter { $0.threads == threads }
      #expect(!rungs.isEmpty && rungs.map(\.workingSet) == rungs.map(\.workingSet).sorted())
      #expect(rungs.map { $0.cacheLevel == nil } == rungs.indices.map { $0 == rungs.count - 1 })
    }
    #expect(ceilings.transfers.map(\.threads) == [2])
    let rates =
      ceilings.peaks.map(\.rate) + ceilings.rungs.flatMap { [$0.read, $0.update] } + ceilings.transfers.map(\.rate)
    #expect(rates.allSatisfy { $0 > 0 && $0.isFinite })
  }

  @Test func saysWhichTeamCannotBe() {
    let error = #expect(throws: MachineCeilingsError.self) { try MachineCeilings.measure(threadCounts: [0]) }
    #expect(error == .team(.invalidCount(0)))
    #expect(error?.description == "a thread count must lie between 1 and 1024, not be 0")
  }
}
