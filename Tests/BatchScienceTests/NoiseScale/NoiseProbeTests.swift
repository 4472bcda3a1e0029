import BatchFoundation
import BatchScience
import BatchTraining
import Testing

@Suite struct NoiseProbeTests {
  /// The sampling distributions that the other tests draw from are those of gradients that are drawn themselves.
  @Test func momentsAreDrawnAsFromVectors() {
    let gradients = GaussianGradients(dimensions: 30, scatter: 90, trueSquare: 2)
    var (vectors, moments) = (RandomStream(seed: 1, name: "vectors"), RandomStream(seed: 1, name: "moments"))
    let count = 4000
    let drawn = (0..<count).map { _ in GradientMoments(gradients.gradients(batch: 6, &vectors)) }
    let made = (0..<count).map { _ in gradients.moments(batch: 6, &moments) }
    let parts: [KeyPath<GradientMoments, Double>] = [\.exampleSquares, \.meanSquare, \.scatter, \.trueSquare]
    for part in parts {
      let (a, b) = (Sample(drawn.map { $0[keyPath: part] }), Sample(made.map { $0[keyPath: part] }))
      let (s, t) = (a.deviation ?? 0, b.deviation ?? 0)
      // Four standard errors of the difference of the means, and of the deviations' ratio.
      #expect(abs(a.mean - b.mean) < 4 * ((s * s + t * t) / Double(count)).squareRoot())
      #expect(abs(s / t - 1) < 4 * (1.5 / Double(count)).squareRoot())
    }
  }

  /// Both estimates of a probe are without bias, from examples and from micro-batches, equal ones and unequal ones.
  @Test(arguments: [[8, 8, 8, 8], [8, 8, 8, 5], [1, 1, 1], [30, 2]])
  func estimatesHaveNoBias(_ sizes: [Int]) throws {
    let gradients = GaussianGradients(dimensions: 20, scatter: 40, trueSquare: 3)
    var stream = RandomStream(seed: 2, name: "gradients")
    var probes: [[NoiseProbe]] = [[], []]
    for _ in 0..<3000 {
      let batch = gradients.gradients(batch: sizes.reduce(0, +), &stream)
      var rest = batch[...]
      let parts = sizes.map { size in
        defer { rest = rest.dropFirst(size) }
        return MicroBatchSquare(examples: size, square: rest.prefix(size).meanVector.square)
      }
      let whole = MicroBatchSquare(examples: batch.count, square: batch.meanVector.square)
      probes[0].append(NoiseProbe(GradientMoments(batch)))
      probes[1].append(try #require(NoiseProbe(parts: parts, whole: whole)))
    }
    for probes in probes {
      for (values, truth) in [(probes.map(\.scatter), 40.0), (probes.map(\.trueSquare), 3)] {
        let sample = Sample(values)
        let error = try #require(sample.deviation) / Double(sample.count).squareRoot()
        #expect(abs(sample.mean - truth) < 4 * error)
      }
    }
  }

  /// Over all batches that can be drawn without replacement the probes' means are S and |G|² of the population.
  @Test(arguments: [2, 3, 5, 6]) func aPopulationIsMetOnTheMean(_ size: Int) throws {
    var stream = RandomStream(seed: 3, name: "population")
    let population = GaussianGradients(dimensions: 4, scatter: 9, trueSquare: 2).gradients(batch: 6, &stream)
    let trueSquare = population.meanVector.square
    let scatter = population.reduce(0) { $0 + $1.square } / 6 - trueSquare
    let batches = (0..<64).map { mask in (0..<6).filter { mask >> $0 & 1 == 1 } }.filter { $0.count == size }
    let probes = batches.map { NoiseProbe(GradientMoments($0.map { population[$0] }), of: 6) }
    #expect(abs(Sample(probes.map(\.scatter)).mean - scatter) < 1e-12 * scatter)
    #expect(abs(Sample(probes.map(\.trueSquare)).mean - trueSquare) < 1e-12 * scatter)
    let pairs = try batches.map { batch in
      try #require(
        NoiseProbe(
          parts: batch.map { MicroBatchSquare(examples: 1, square: population[$0].square) },
          whole: MicroBatchSquare(examples: size, square: batch.map { population[$0] }.meanVector.square), of: 6))
    }
    #expect(abs(Sample(pairs.map(\.scatter)).mean - scatter) < 1e-12 * scatter)
    #expect(abs(Sample(pairs.map(\.trueSquare)).mean - trueSquare) < 1e-12 * scatter)
  }

  @Test func oneBatchAloneIsNoPair() {
    let whole = MicroBatchSquare(examples: 8, square: 2)
    #expect(NoiseProbe(parts: [whole], whole: whole) == nil)
    #expect(NoiseProbe(parts: [MicroBatchSquare](), whole: whole) == nil)
  }

  /// Equal gradients have no scatter, opposite ones nothing else.
  @Test func consecutiveGradientsAreHalvesOfABatch() throws {
    let equal = try #require(NoiseProbe(consecutive: 4, 4, product: 4, examples: 8))
    #expect(equal == NoiseProbe(scatter: 0, trueSquare: 4))
    let unrelated = try #require(NoiseProbe(consecutive: 4, 4, product: 0, examples: 8))
    #expect(unrelated == NoiseProbe(scatter: 32, trueSquare: 0))
  }
}
