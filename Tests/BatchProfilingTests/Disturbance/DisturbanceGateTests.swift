import Testing

@testable import BatchProfiling

@Suite struct DisturbanceGateTests {
  /// Rates between two bounds, evenly.
  private func rates(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }

  @Test func aSteadyProbeKeepsItsOwnThreshold() {
    let quiet = DisturbanceGate.quiet(rates(99, 100, 101), leastShare: 0.93)
    #expect(abs(quiet.rate - 99.9) < 1e-9)
    #expect(quiet.leastShare == 0.93)
  }

  @Test func aProbeThatSpreadsMayGiveLess() {
    // A tenth exceed 98, a quarter 95: four times 3 of 98.
    let quiet = DisturbanceGate.quiet(rates(80, 100, 101), leastShare: 0.93)
    #expect(abs(quiet.leastShare - (1 - 4 * 3.0 / 98)) < 1e-9)
  }

  @Test func noProbeMayGiveLessThanTheSquareOfItsThreshold() {
    #expect(abs(DisturbanceGate.quiet(rates(10, 100, 101), leastShare: 0.93).leastShare - 0.8649) < 1e-9)
  }

  /// On a busy machine every further probe would wait for threads that were switched out.
  @Test func nothingIsProbedAfterAProbeThatWasDisturbed() {
    let (first, second, memory) = (FakeProbe(), FakeProbe(), FakeProbe())
    let gate = DisturbanceGate([first, second, memory])
    #expect(gate.read(memory: true).rates == [1, 1, 1] && gate.read(memory: false).rates == [1, 1])
    second.rates = [0.5]
    let disturbed = gate.read(memory: true)
    #expect(disturbed.rates == [1, 0.5] && gate.calm(disturbed) < 1)
    first.rates = [0.2]
    #expect(gate.read(memory: true).rates == [0.2])
  }

  @Test func halfOfTheTimeDisturbedChangesNeither() {
    let quiet = DisturbanceGate.quiet(rates(99, 100, 101) + rates(20, 50, 101), leastShare: 0.93)
    #expect(quiet.rate > 99)
    #expect(quiet.leastShare == 0.93)
  }
}
