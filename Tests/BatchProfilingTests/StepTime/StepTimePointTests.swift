import BatchAlgebra
import BatchFoundation
import Testing

@testable import BatchProfiling

/// Samples as a profile keeps them, made into points that a model can be fitted to.
@Suite struct StepTimePointTests {
  /// A sample a cycle; a disturbed one where the cycle is listed.
  private func samples(_ seconds: [Int: Double], disturbed: Set<Int> = []) -> TimedSamples {
    var samples = TimedSamples()
    for (cycle, seconds) in seconds.sorted(by: { $0.key < $1.key }) {
      samples.cycles.append(cycle)
      samples.seconds.append(seconds)
      samples.calls.append(1)
      samples.switches.append(0)
      samples.peak.append(1)
      samples.calm.append(disturbed.contains(cycle) ? 0.5 : 1)
      samples.isKept.append(true)
    }
    return samples
  }

  private func times(_ batch: Int, cycles: Range<Int>) -> [Int: Double] {
    Dictionary(uniqueKeysWithValues: cycles.map { ($0, seconds(batch, $0)) })
  }

  /// A line, and a little that all samples of a cycle share.
  private func seconds(_ batch: Int, _ cycle: Int) -> Double {
    60e-6 + 15e-6 * Double(batch) + 1e-9 * Double(cycle)
  }

  @Test func onlyCyclesThatAllWereSampledInCount() {
    let points = StepTimePoint.points(of: [
      (batch: 4, samples: samples(times(4, cycles: 0..<12))), (batch: 8, samples: samples(times(8, cycles: 2..<14))),
    ])
    #expect(points.map(\.batch) == [4, 8])
    #expect(points[0].seconds == (2..<12).map { seconds(4, $0) })
    #expect(points[1].seconds == (2..<12).map { seconds(8, $0) })
    #expect(StepTimePoint.points(of: []).isEmpty)
  }

  /// With fewer than eight undisturbed cycles in common the disturbed ones count, too.
  @Test(arguments: [(disturbed: 4, count: 8), (disturbed: 5, count: 12)])
  func disturbedCyclesAreLeftOutWhereEnoughAreLeft(disturbed: Int, count: Int) {
    let loud = Set(0..<disturbed)
    let points = StepTimePoint.points(
      of: [1, 2, 4].map { ($0, samples(times($0, cycles: 0..<12), disturbed: loud)) })
    #expect(points.allSatisfy { $0.seconds.count == count })
  }

  @Test func aModelIsFittedToACurveOfProducts() throws {
    func point(_ batch: Int, _ samples: TimedSamples) -> GEMMPoint {
      GEMMPoint(
        key: GEMMPointKey(
          layer: LayerShape(inputs: 784, outputs: 512), pass: .forward, batch: batch, threads: 1, engine: "openblas"),
        method: ProductMethod(description: "plain"), error: 0, samples: samples)
    }
    let curve = [1, 2, 4, 8, 16].map { point($0, samples(times($0, cycles: 0..<10))) }
    let model = try StepTimeModel(curve: [point(3, TimedSamples())] + curve)
    #expect(model.segments.count == 1)
    #expect(abs(model.segments[0].alpha.value / 60e-6 - 1) < 1e-3)
    #expect(abs(model.segments[0].beta.value / 15e-6 - 1) < 1e-3)
    let few = Array(curve.prefix(2))
    #expect(throws: StepTimeError.tooFewSizes(count: 2, needed: 3)) { try StepTimeModel(curve: few) }
  }
}
