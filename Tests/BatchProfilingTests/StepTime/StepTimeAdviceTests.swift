import BatchProfiling
import Foundation
import Testing

@Suite struct StepTimeAdviceTests {
  @Test func findsTheKnee() throws {
    // 60 + 15 B has a share B / (4 + B) of its asymptote: 36 batches for 90 %, 4 for 50 %.
    let points = StepTimeExamples.points([1, 4, 16, 32, 36, 64, 256], [75, 120, 300, 540, 600, 1020, 3900])
    for (share, batch) in [(0.89, 36), (0.9 - 1e-9, 36), (0.91, 64), (0.5 - 1e-9, 4), (0.1, 1)] {
      let knee = try ThroughputKnee(points, share: share, resamples: 39)
      #expect(knee.batch == batch && knee.earliest == batch && knee.latest == batch)
    }
    let none = try ThroughputKnee(points, share: 0.99, resamples: 39)
    #expect(none.batch == nil && none.earliest == nil && none.latest == nil)
    #expect(try ThroughputKnee(StepTimeExamples.points(StepTimeExamples.panels)).batch == 64)
  }

  @Test func aKneeBetweenTwoSizesHasAWideInterval() throws {
    let points = StepTimeExamples.noisyPoints([1, 4, 16, 32, 36, 40, 64, 256], cycles: 20, deviation: 0.03, seed: 4) {
      60 + 15 * $0
    }
    let knee = try ThroughputKnee(points)
    let (batch, earliest, latest) = try (
      #require(knee.batch), #require(knee.earliest), #require(knee.latest)
    )
    #expect(earliest <= batch && batch <= latest && earliest < latest)
    #expect((16...36).contains(earliest) && (36...64).contains(latest))
    #expect(try ThroughputKnee(points) == knee)
  }

  @Test func aSwitchOfPathIsToBeAvoided() throws {
    let advice = try BatchAdvice.advice(on: StepTimeExamples.points(StepTimeExamples.pathSwitch).reversed())
    #expect(advice.map(\.batch) == StepTimeExamples.sizes)
    #expect(advice.filter(\.isToAvoid).map(\.batch) == [4])
    let four = advice[2]
    #expect(four.earlierBest == 2 && four.nextBetter == 8)
    #expect(abs(four.relativeThroughput - 2 * 232 / 501.0) < 1e-12)
    #expect(advice[0].earlierBest == nil && advice[0].relativeThroughput == 1 && advice[1].relativeThroughput == 1)
  }

  /// 128 has 0.4 % more throughput than 512, which is as good as none.
  @Test func aBatchThatLeavesTheCacheIsToBeAvoided() throws {
    let advice = try BatchAdvice.advice(on: StepTimeExamples.points(StepTimeExamples.panels))
    #expect(advice.filter(\.isToAvoid).map(\.batch) == [1024])
    #expect(advice[10].earlierBest == 128 && advice[10].nextBetter == 512)
  }

  /// A difference of 4 %, however sure, is not worth another batch.
  @Test func littleIsNotAvoided() throws {
    let advice = try BatchAdvice.advice(on: StepTimeExamples.points([96, 384], [96, 400]))
    #expect(advice.allSatisfy { !$0.isToAvoid })
  }

  @Test func furtherExamplesThatAreFreeAreNamed() throws {
    // Tiles of eight: 65 takes as long as 72, and 73 longer.
    let advice = try BatchAdvice.advice(on: StepTimeExamples.points([64, 65, 72, 73], [100, 111, 112, 125]))
    #expect(advice.map(\.nextBetter) == [nil, 64, nil, 72])
    #expect(advice.map(\.isToAvoid) == [false, true, false, true])
    let free = try BatchAdvice.advice(on: StepTimeExamples.points([60, 62, 64, 72], [100, 101, 101.9, 103]))
    #expect(free.map(\.nextBetter) == [62, 64, 72, nil])
    #expect(free.allSatisfy { !$0.isToAvoid })
  }

  @Test func nothingIsAvoidedForWhatMayBeChance() throws {
    let batches = [8, 16]
    func advice(_ deviation: Double) throws -> BatchAdvice {
      let points = StepTimeExamples.noisyPoints(batches, cycles: 15, deviation: deviation, seed: 9) {
        $0 < 10 ? 8 : 17.6
      }
      return try BatchAdvice.advice(on: points)[1]
    }
    // Noise that all samples of a cycle share, 2 %, drops out of the ratio.
    let quiet = try advice(0.005)
    #expect(quiet.isToAvoid && abs(quiet.relativeThroughput - 1 / 1.1) < 0.01)
    let loud = try advice(0.3)
    #expect(!loud.isToAvoid && (loud.relativeToEarlierBest?.interval.contains(1) ?? false))
  }

  @Test func oneSizeIsEnoughAndNoneIsRefused() throws {
    let advice = try BatchAdvice.advice(on: StepTimeExamples.points([8], [1]))
    #expect(advice.count == 1 && advice[0].nextBetter == nil && advice[0].throughput == 8)
    #expect(throws: StepTimeError.tooFewSizes(count: 0, needed: 1)) { try BatchAdvice.advice(on: []) }
  }

  @Test func survivesItsFile() throws {
    func copy<Value: Codable>(_ value: Value) throws -> Value {
      try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }
    let points = StepTimeExamples.points(StepTimeExamples.panels)
    #expect(try copy(points) == points)
    let model = try StepTimeModel(points, resamples: 39)
    #expect(try copy(model) == model)
    let flat = try StepTimeModel(StepTimeExamples.points([1, 2, 4], [1, 1, 1]))
    #expect(try copy(flat) == flat)
    let test = try LinearityTest(points, resamples: 39)
    #expect(try copy(test) == test)
    let knee = try ThroughputKnee(points, resamples: 39)
    #expect(try copy(knee) == knee)
    let advice = try BatchAdvice.advice(on: points)
    #expect(try copy(advice) == advice)
  }
}
