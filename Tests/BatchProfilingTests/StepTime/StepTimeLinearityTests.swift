import BatchFoundation
import BatchProfiling
import Glibc
import Testing

@Suite struct StepTimeLinearityTests {
  @Test func predictsTheSizesBetween() throws {
    let test = try LinearityTest(
      fittedTo: StepTimeExamples.points(StepTimeExamples.panels) { $0.isMultiple(of: 2) },
      predicting: StepTimeExamples.points(StepTimeExamples.panels) { !$0.isMultiple(of: 2) })
    #expect(test.predictions.map(\.batch) == [2, 8, 32, 128, 512])
    #expect(test.medianError <= 0.03 && test.worstError <= 0.05)
    #expect(test.verdict == .holds)
    #expect(test.verdict.description == "holds within 5 % in the median and 15 % at worst")
    // Without noise the measured interval has no width, and that of the prediction the width of the line's own errors.
    #expect(test.predictions.allSatisfy { $0.measured.interval.lowerBound == $0.measured.interval.upperBound })
    #expect(test.predictions.count(where: \.intervalsOverlap) >= 4)
  }

  @Test func chooses() throws {
    let test = try LinearityTest(StepTimeExamples.points(StepTimeExamples.panels).reversed())
    #expect(test.predictions.map(\.batch) == [2, 8, 32, 128, 512])
    let even = try LinearityTest(StepTimeExamples.points(StepTimeExamples.panels) { $0 < 6 })
    #expect(even.predictions.map(\.batch) == [2, 8])
    #expect(even.model.segments.last?.batches.upperBound == 32)
  }

  /// Batch 2 alone lies before the switch of path, which sizes 1 and 4 cannot show; all others are predicted.
  @Test func aSwitchOfPathIsFoundOut() throws {
    let test = try LinearityTest(StepTimeExamples.points(StepTimeExamples.pathSwitch))
    #expect(test.predictions.filter { abs($0.relativeError) > 0.05 }.map(\.batch) == [2])
    #expect(test.verdict == .fails)
    #expect(test.verdict.description == "does not hold within 5 % in the median and 15 % at worst")
  }

  @Test func comparesWithTheIntervalOfTheMeasuredMedian() throws {
    let points = StepTimeExamples.noisyPoints(StepTimeExamples.sizes, cycles: 30, deviation: 0.03, seed: 2) {
      60e-6 + 15e-6 * $0
    }
    let test = try LinearityTest(points, seed: 3)
    #expect(test.verdict == .holds && test.predictions.filter(\.intervalsOverlap).count >= 4)
    let prediction = test.predictions[0]
    #expect(prediction.measured.value == points[1].median)
    #expect(prediction.predicted.value == test.model.predict(2))
    #expect(prediction.relativeError == prediction.predicted.value / prediction.measured.value - 1)
  }

  /// Times that no line of segments has, as those of real kernels: the form counts, and not the noise alone.
  @Test func sizesThatWereHeldBackLieInsideTheirIntervals() throws {
    var (inside, count) = (0, 0)
    for seed in 0..<100 as Range<UInt64> {
      var random = RandomStream(seed: seed, name: "form")
      let bumps = (0..<11).map { _ in exp(0.04 * random.normal()) }
      let points = StepTimeExamples.noisyPoints(StepTimeExamples.sizes, cycles: 20, deviation: 0.01, seed: seed) {
        (60e-6 + 15e-6 * $0) * bumps[Int(log2($0).rounded())]
      }
      let test = try LinearityTest(points, resamples: 199, seed: seed)
      inside += test.predictions.count(where: \.intervalsOverlap)
      count += test.predictions.count
    }
    #expect(Double(inside) >= 0.88 * Double(count), "\(inside) of \(count)")
  }

  @Test func refusesTooFewSizesAndSizesOnBothSides() {
    let points = StepTimeExamples.points([1, 2, 4, 8], [1, 2, 3, 4])
    #expect(throws: StepTimeError.tooFewSizes(count: 4, needed: 5)) { try LinearityTest(points) }
    #expect(throws: StepTimeError.tooFewSizes(count: 0, needed: 1)) {
      try LinearityTest(fittedTo: points, predicting: [])
    }
    #expect(throws: StepTimeError.repeatedBatch(4)) { try LinearityTest(fittedTo: points, predicting: [points[2]]) }
  }
}
