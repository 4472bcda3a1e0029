import BatchData
import BatchFoundation
import BatchProfiling
import Testing

@Suite struct StepTimeModelTests {
  private static let six = [1, 4, 16, 64, 256, 1024]

  @Test(arguments: [(60e-6, 15e-6), (0, 15e-6), (60e-6, 0), (1, 1e-9)], [[1, 7, 64], six, StepTimeExamples.sizes])
  func recoversALine(_ truth: (alpha: Double, beta: Double), batches: [Int]) throws {
    let times = batches.map { truth.alpha + truth.beta * Double($0) }
    let model = try StepTimeModel(StepTimeExamples.points(batches, times), resamples: 39)
    let segment = try #require(model.segments.first)
    #expect(model.segments.count == 1 && segment.batches == batches[0]...batches[batches.count - 1])
    #expect(abs(segment.alpha.value - truth.alpha) <= 1e-12 * times[0])
    #expect(abs(segment.beta.value - truth.beta) <= 1e-12 * times[0])
    // Without noise every resample is the same.
    #expect(segment.alpha.interval == segment.alpha.value...segment.alpha.value)
    if truth.beta > 1e-6 {
      #expect(abs(try #require(model.asymptoticThroughput).value * truth.beta - 1) < 1e-12)
      #expect(abs(try #require(model.halfThroughputBatch).value - truth.alpha / truth.beta) < 1e-9)
    }
    for (batch, time) in zip(batches, times) { #expect(abs(model.predict(batch) / time - 1) < 1e-12) }
    #expect(abs(model.predict(3000) / (truth.alpha + truth.beta * 3000) - 1) < 1e-10)
  }

  @Test func aFlatLineHasNoAsymptote() throws {
    let model = try StepTimeModel(StepTimeExamples.points([1, 2, 4], [1, 1, 1]))
    #expect(model.asymptoticThroughput == nil && model.halfThroughputBatch == nil)
  }

  @Test func halfTheThroughputIsThatOfTheWholeModel() throws {
    let straight = try StepTimeModel(StepTimeExamples.points(Self.six, Self.six.map { 60 + 15 * Double($0) }))
    #expect(abs(try #require(straight.halfThroughputBatch).value - 4) < 1e-9)
    // The last segment of the panels goes up from nothing: half its throughput is reached near 4 all the same.
    for curve in [StepTimeExamples.panels, StepTimeExamples.pathSwitch] {
      let model = try StepTimeModel(StepTimeExamples.points(curve), resamples: 39)
      let batch = try #require(model.halfThroughputBatch).value
      let throughput = try #require(model.asymptoticThroughput).value
      let segment = model.segment(of: Int(batch))
      #expect(abs(batch / (segment.alpha.value + segment.beta.value * batch) / throughput - 0.5) < 1e-9)
      if curve == StepTimeExamples.panels {
        #expect(model.segments.last?.alpha.value == 0 && (3.5...4.5).contains(batch))
      }
    }
  }

  /// Convex, as where the weights' traffic hides the first examples, and concave, as after a switch of path.
  @Test(arguments: [(100.0, 5.0, 52.0, 8.0), (100, 30, 324, 16)])
  func recoversTwoSegments(alpha: Double, beta: Double, laterAlpha: Double, laterBeta: Double) throws {
    let knot = (alpha - laterAlpha) / (laterBeta - beta)
    let times = StepTimeExamples.sizes.map {
      Double($0) < knot ? alpha + beta * Double($0) : laterAlpha + laterBeta * Double($0)
    }
    let model = try StepTimeModel(StepTimeExamples.points(StepTimeExamples.sizes, times))
    #expect(model.segments.map(\.batches) == [1...Int(knot), Int(knot)...1024])
    for (segment, truth) in zip(model.segments, [(alpha, beta), (laterAlpha, laterBeta)]) {
      #expect(abs(segment.alpha.value - truth.0) < 1e-9 && abs(segment.beta.value - truth.1) < 1e-9)
    }
    #expect(model.segment(of: Int(knot)) == model.segments[1] && model.segment(of: 2000) == model.segments[1])
  }

  @Test func neitherAlphaNorBetaIsNegative() throws {
    // Faster than in proportion to the batch, then falling: no allowed line comes near.
    for times in [[1, 3, 9, 27, 81.0], [5, 4, 3, 2, 1.0], [1, 9, 1, 9, 1.0]] {
      let model = try StepTimeModel(StepTimeExamples.points([1, 2, 4, 8, 16], times))
      for segment in model.segments { #expect(segment.alpha.value >= 0 && segment.beta.value >= 0) }
      for (left, right) in zip(model.segments, model.segments.dropFirst()) {
        let batch = Double(left.batches.upperBound)
        let ends = [left, right].map { $0.alpha.value + $0.beta.value * batch }
        #expect(left.batches.upperBound == right.batches.lowerBound && abs(ends[0] / ends[1] - 1) < 1e-12)
      }
    }
  }

  /// A bound is no certainty: where the best line has α = 0 the interval begins there, and has a width.
  @Test func anEstimateOnItsBoundHasAOneSidedInterval() throws {
    let times = [1, 4.1, 16.5, 68, 280, 1080]
    let alpha = try StepTimeModel(StepTimeExamples.points(Self.six, times.map { $0 * 1e-5 }), maximumSegments: 1)
      .segments[0].alpha
    #expect(alpha.interval.lowerBound == 0 && alpha.interval.upperBound > 1e-7 && alpha.interval.upperBound < 1e-5)
  }

  /// Compared with a search over a fine grid of α and β ≥ 0, for a curve whose best line has α < 0.
  @Test func theBoundedLineIsTheBest() throws {
    let (batches, times) = ([1, 2, 4], [1, 2.2, 4.6])
    let segment = try StepTimeModel(StepTimeExamples.points(batches, times), maximumSegments: 1).segments[0]
    func error(_ alpha: Double, _ beta: Double) -> Double {
      zip(batches, times).reduce(0) { sum, pair in
        let deviation = (alpha + beta * Double(pair.0)) / pair.1 - 1
        return sum + deviation * deviation
      }
    }
    let found = error(segment.alpha.value, segment.beta.value)
    let grid = (0...100).flatMap { alpha in (0...100).map { error(Double(alpha) / 100, 1 + Double($0) / 500) } }
    let least = try #require(grid.min())
    #expect(segment.alpha.value == 0 && found <= least && found > 0.99 * least)
  }

  @Test(arguments: [six, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 768, 1024]], [0.01, 0.05, 0.15])
  func aNoisyLineIsSeldomSplit(batches: [Int], deviation: Double) throws {
    var split = 0
    for seed in 0..<30 as Range<UInt64> {
      let points = StepTimeExamples.noisyPoints(batches, cycles: 20, deviation: deviation, seed: seed) {
        60e-6 + 15e-6 * $0
      }
      split += try StepTimeModel(points, resamples: 39).segments.count > 1 ? 1 : 0
    }
    #expect(split <= (deviation < 0.1 ? 2 : 4))
  }

  @Test(arguments: [six, StepTimeExamples.sizes])
  func aKinkIsSeenThroughNoise(batches: [Int]) throws {
    for seed in 0..<20 as Range<UInt64> {
      let points = StepTimeExamples.noisyPoints(batches, cycles: 20, deviation: 0.05, seed: seed) {
        $0 < 16 ? 100e-6 + 12e-6 * $0 : 52e-6 + 15e-6 * $0
      }
      #expect(try StepTimeModel(points, resamples: 39).segments.count >= 2)
    }
  }

  @Test func intervalsHoldTheTruthAsOftenAsTheySay() throws {
    var lineHits = (alpha: 0, beta: 0, half: 0)
    var laterHits = (alpha: 0, beta: 0)
    let repetitions = 200
    for seed in 0..<UInt64(repetitions) {
      let line = StepTimeExamples.noisyPoints(Self.six, cycles: 30, deviation: 0.04, seed: seed) {
        60e-6 + 15e-6 * $0
      }
      let model = try StepTimeModel(line, maximumSegments: 1, resamples: 99, seed: seed)
      lineHits.alpha += model.segments[0].alpha.interval.contains(60e-6) ? 1 : 0
      lineHits.beta += model.segments[0].beta.interval.contains(15e-6) ? 1 : 0
      lineHits.half += model.halfThroughputBatch?.interval.contains(4) == true ? 1 : 0

      let kinked = StepTimeExamples.noisyPoints(Self.six, cycles: 30, deviation: 0.04, seed: seed + 1000) {
        $0 < 16 ? 100e-6 + 5e-6 * $0 : 20e-6 + 10e-6 * $0
      }
      let later = try #require(try StepTimeModel(kinked, maximumSegments: 2, resamples: 99, seed: seed).segments.last)
      laterHits.alpha += later.alpha.interval.contains(20e-6) ? 1 : 0
      laterHits.beta += later.beta.interval.contains(10e-6) ? 1 : 0
    }
    let accepted = repetitions * 92 / 100...repetitions
    for hits in [lineHits.alpha, lineHits.beta, lineHits.half, laterHits.alpha, laterHits.beta] {
      #expect(accepted.contains(hits), "\(hits) of \(repetitions)")
    }
  }

  /// The same samples say less in the order in which slow and fast cycles follow their like than in a shuffled one.
  @Test func blocksKeepRunsOfNoiseTogether() throws {
    var stream = RandomStream(seed: 5, name: "cycles")
    var drift = 0.0
    let drifts = (0..<216).map { _ in
      drift = 0.9 * drift + 0.02 * stream.normal()
      return drift
    }
    func width(_ order: [Int]) throws -> Double {
      let points = Self.six.map { batch in
        StepTimePoint(batch: batch, seconds: order.map { (1 + drifts[$0]) * (60e-6 + 15e-6 * Double(batch)) })
      }
      let beta = try StepTimeModel(points, maximumSegments: 1).segments[0].beta
      return beta.interval.upperBound - beta.interval.lowerBound
    }
    let shuffled = stream.permutation(of: 0..<216).map { Int($0) }
    #expect(try width(Array(0..<216)) > 1.4 * width(shuffled))
  }

  @Test func sameSeedSameModel() throws {
    let points = StepTimeExamples.noisyPoints(Self.six, cycles: 20, deviation: 0.05, seed: 1) { 60e-6 + 15e-6 * $0 }
    let model = try StepTimeModel(points, seed: 7)
    #expect(try StepTimeModel(points.reversed(), seed: 7) == model)
    let other = try StepTimeModel(points, seed: 8)
    #expect(other != model && other.segments[0].alpha.value == model.segments[0].alpha.value)
  }

  @Test func refusesWhatCannotBeFitted() {
    let good = StepTimeExamples.points([1, 2, 4, 8], [1, 2, 3, 4])
    func error(_ points: [StepTimePoint]) -> String? {
      #expect(throws: StepTimeError.self) { try StepTimeModel(points) }?.description
    }
    #expect(error(Array(good.prefix(2))) == "2 batch sizes are too few; measure at least 3")
    #expect(error([]) == "0 batch sizes are too few; measure at least 3")
    #expect(
      error(StepTimeExamples.points([1, 2, 4], [1, 2, 3], cycles: 4))
        == "4 cycles are too few for an interval; measure at least 5")
    #expect(
      error(good + [StepTimePoint(batch: 2, seconds: good[0].seconds)])
        == "batch 2 stands twice among the points; give all its samples in one")
    #expect(
      error(good + [StepTimePoint(batch: 0, seconds: good[0].seconds)]) == "a batch size must be at least 1, not 0")
    #expect(
      error(good + [StepTimePoint(batch: 16, seconds: [1, 1, 1])])
        == "batch 16 has 3 samples where the smallest batch has 9; keep one of every batch in every cycle")
    for time in [0, -1, Double.nan, .infinity] {
      var points = good
      points[2].seconds[5] = time
      #expect(
        error(points)
          == "batch 4, cycle 5: \(time) seconds are no duration; leave the cycle out at every batch size")
    }
  }
}
