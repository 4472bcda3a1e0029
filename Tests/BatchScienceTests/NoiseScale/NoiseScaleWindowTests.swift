import BatchFoundation
import BatchTraining
import Glibc
import Testing

@testable import BatchScience

@Suite struct NoiseScaleWindowTests {
  private func window(_ probes: Int, batch: Int = 64, trueSquare: Double = 1, seed: UInt64 = 1) -> NoiseScaleWindow {
    var (window, stream) = (NoiseScaleWindow(), RandomStream(seed: seed, name: "window"))
    let gradients = GaussianGradients(trueSquare: trueSquare)
    for _ in 0..<probes { window.add(gradients.moments(batch: batch, &stream)) }
    return window
  }

  /// The ratio of the means, and neither the mean of the ratios nor anything floored.
  @Test func aWindowIsARatioOfMeans() throws {
    var window = NoiseScaleWindow(largestFactor: 1e9)
    for (scatter, square) in [(8.0, 1.0), (10, 3), (9, -0.5), (9, 2), (10, 2), (8, 1), (9, 2), (9, 1.5)] {
      window.add(NoiseProbe(scatter: scatter, trueSquare: square))
    }
    let estimate = window.estimate
    #expect(estimate.value == 72.0 / 12 && estimate.scatter == 9 && estimate.trueSquare == 1.5)
    #expect(estimate.negative == 1 && estimate.probes == 8 && estimate.isEnough)
    #expect(try #require(estimate.interval).contains(6))
  }

  @Test func cosinesFollowFromTheNoiseScale() {
    for (batch, expected) in [(128.0, 0.066), (900, 0.333), (1800, 0.5), (8000, 0.816)] {
      #expect(abs(SimiGrad.cosine(noiseScale: 900, batch: batch) - expected) < 0.001)
      #expect(
        abs(SimiGrad.batch(noiseScale: 900, cosine: SimiGrad.cosine(noiseScale: 900, batch: batch)) - batch) < 1e-9)
    }
  }

  /// The mean cosine of two halves' gradients, drawn as vectors, is what the noise scale makes expect.
  @Test(arguments: [(128, 0.066), (900, 0.333), (1800, 0.5), (8000, 0.816)])
  func halvesHaveThatCosine(_ batch: Int, _ expected: Double) {
    // The mean of B/2 gradients is normal about G with covariance 2S/(dB).
    let half = GaussianGradients(scatter: 900 * 2 / Double(batch))
    var stream = RandomStream(seed: 4, name: "halves")
    let cosines = (0..<300).map { _ in
      let halves = half.gradients(batch: 2, &stream)
      let product = zip(halves[0], halves[1]).reduce(0) { $0 + $1.0 * $1.1 }
      return product / (halves[0].square * halves[1].square).squareRoot()
    }
    #expect(abs(Sample(cosines).mean - expected) < 0.01)
  }

  @Test func aWindowWithoutUpdatesSaysSo() {
    let estimate = NoiseScaleWindow().estimate
    #expect(estimate.value == nil && estimate.scatter == nil && estimate.shortage == .nothingObserved)
    #expect("\(NoiseScaleShortage.nothingObserved)" == "no update was observed")
  }

  @Test func fewerThanEightProbesAreNotEnough() {
    let estimate = window(7).estimate
    #expect(estimate.value == nil && estimate.interval == nil && estimate.scatter != nil)
    #expect(estimate.shortage == .fewProbes(missing: 1))
    #expect(
      estimate.shortage?.description == "not enough evidence: about 1 more probe, for an interval needs 8 updates")
    #expect(window(8, batch: 4000).estimate.isEnough)
  }

  /// Where the interval is too wide, about as many probes more as are said would do, in most of 60 cases.
  @Test func aWideIntervalTellsHowManyProbesAreMissing() throws {
    var (wide, enough) = (0, 0)
    for seed in 1...60 {
      let estimate = window(30, batch: 16, seed: UInt64(seed)).estimate
      guard case .wide(let missing) = estimate.shortage else { continue }
      wide += 1
      #expect(estimate.value == nil && estimate.interval != nil)
      #expect(
        estimate.shortage?.description
          == "not enough evidence: about \(missing) more probe\(missing == 1 ? "" : "s"), for the interval is wider than asked"
      )
      let more = window(30 + 2 * missing, batch: 16, seed: UInt64(seed)).estimate
      if let value = more.value, 450...1800 ~= value { enough += 1 }
    }
    #expect(wide >= 20 && enough * 10 >= wide * 8)
  }

  @Test func whatCannotBeToldFromZeroHasNoNumber() {
    var window = NoiseScaleWindow()
    for index in 0..<40 { window.add(NoiseProbe(scatter: 100, trueSquare: index.isMultiple(of: 2) ? 1.02 : -1)) }
    let estimate = window.estimate
    #expect(estimate.value == nil && estimate.negative == 20)
    guard case .noSignal(.some) = estimate.shortage else {
      Issue.record("not without signal: \(estimate)")
      return
    }
    window.removeAll()
    for index in 0..<40 { window.add(NoiseProbe(scatter: 100, trueSquare: index.isMultiple(of: 2) ? -1 : -2)) }
    #expect(window.estimate.shortage == .noSignal(missing: nil))
    #expect(window.estimate.trueSquare == -1.5)
  }

  /// What is infinite or NaN is counted and left out; what was seen before it stays.
  @Test(arguments: [Double.nan, .infinity, -.infinity]) func gradientsThatAreNoNumbersAreLeftOut(_ value: Double) {
    var window = window(20)
    let before = window.estimate
    window.add(GradientMoments(examples: 64, exampleSquares: value, meanSquare: 1))
    window.add(GradientMoments(examples: 64, exampleSquares: 100, meanSquare: value))
    #expect(window.estimate == before)
    #expect(window.note == "2 of 22 left out: a gradient was infinite or no number")
    var other = NoiseScaleWindow()
    other.add(GradientMoments(examples: 64, exampleSquares: value, meanSquare: value))
    #expect(other.estimate.shortage == .notFinite)
    #expect(
      other.estimate.shortage?.description
        == "every gradient was infinite or no number; look for a divergence of the training")
  }

  @Test func batchesOfOneAreCounted() {
    var window = NoiseScaleWindow()
    for _ in 0..<9 { window.add(GradientMoments(examples: 1, exampleSquares: 2, meanSquare: 2)) }
    #expect(window.estimate.shortage == .batchesOfOne && window.count == 0)
    #expect(
      window.estimate.shortage?.description
        == "the gradient of a batch of one example does not scatter; use batches of 2 or more")
    #expect(window.note == "9 of 9 left out: a batch of one example does not scatter")
  }

  @Test func gradientsOfZeroAreNeitherNoiseNorSignal() {
    var window = NoiseScaleWindow()
    for _ in 0..<9 { window.add(GradientMoments(examples: 8, exampleSquares: 0, meanSquare: 0)) }
    #expect(window.estimate.shortage == .zeroGradients && window.estimate.value == nil)
  }

  /// Examples with the same gradient: φ is 0, and not unknown.
  @Test func equalGradientsHaveNoNoise() {
    var window = NoiseScaleWindow()
    for _ in 0..<9 { window.add(GradientMoments(examples: 8, exampleSquares: 16.000_001, meanSquare: 2)) }
    #expect(window.estimate.value == 0 && window.estimate.interval == 0...1e-5)
  }

  /// Numbers whose sums are beyond all numbers have no interval, and nothing stops.
  @Test func sumsBeyondAllNumbersHaveNoInterval() {
    var window = NoiseScaleWindow()
    for index in 0..<12 { window.add(NoiseProbe(scatter: 1.7e308, trueSquare: index == 0 ? 1.7e308 : 1e-300)) }
    #expect(window.estimate.value == nil && window.estimate.interval == nil)
  }

  /// Updates that are alike but for a slow wave are less than one block of them.
  @Test func aWindowShorterThanABlockSaysSo() {
    var window = NoiseScaleWindow()
    for index in 0..<24 {
      window.add(NoiseProbe(scatter: 100, trueSquare: 2 + sin(Double(index) / 24 * 2 * .pi + 1)))
    }
    guard case .shorterThanBlock(let length, let missing) = window.estimate.shortage else {
      Issue.record("not shorter than a block: \(window.estimate)")
      return
    }
    #expect(length > 24 && missing == 4 * length - 24 && window.estimate.interval == nil)
    #expect(
      window.estimate.shortage?.description
        == "not enough evidence: about \(missing) more probes, for updates are so alike that the window is shorter than a "
        + "block of \(length)")
  }

  /// Long windows take no more memory, and their ratio and interval are what they would be.
  @Test func longWindowsAddNeighbours() throws {
    var widths: [Double] = []
    for seed in 1...9 {
      var (stream, sums) = (RandomStream(seed: UInt64(seed), name: "long"), SIMD2<Double>())
      var window = NoiseScaleWindow()
      for _ in 0..<5000 {
        let probe = NoiseProbe(GaussianGradients().moments(batch: 64, &stream))
        window.add(probe)
        sums += SIMD2(probe.scatter, probe.trueSquare)
      }
      let estimate = window.estimate
      #expect(estimate.probes == 5000 && window.series.entries.count == 625 && window.series.width == 8)
      #expect(abs(try #require(estimate.value) / (sums.x / sums.y) - 1) < 1e-12)
      let interval = try #require(estimate.interval)
      widths.append(log(interval.upperBound / interval.lowerBound))
    }
    // 0.475/√5000 is the standard error of |G|²̂, over 1.
    #expect(abs(medianValue(widths) / (2 * 1.96 * 0.475 / 5000.0.squareRoot()) - 1) < 0.1)
  }

  /// Cut anywhere and gone on with from its numbers, a window is the same to the bit.
  @Test(arguments: [0, 1, 7, 300, 1025, 3000]) func goesOnFromItsState(_ count: Int) {
    var whole = window(count)
    whole.add(GradientMoments(examples: 1, exampleSquares: 1, meanSquare: 1))
    var writer = StateWriter()
    whole.write(to: &writer)
    var (other, reader) = (NoiseScaleWindow(), StateReader(writer.numbers))
    let isRead = other.read(from: &reader)
    #expect(isRead && other == whole)
    // Numbers that are none leave a window without probes.
    for cut in 0..<min(8, writer.numbers.count) {
      var reader = StateReader(Array(writer.numbers.prefix(cut)))
      let isRead = other.read(from: &reader)
      #expect(!isRead && other.count == 0)
    }
    var broken = StateReader([-1, .nan, 3])
    let isBrokenRead = other.read(from: &broken)
    #expect(!isBrokenRead)
  }
}
