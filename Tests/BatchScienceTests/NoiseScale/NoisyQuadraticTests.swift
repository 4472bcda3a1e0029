import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

/// What the engine's SGD does to the mean loss of a noisy quadratic, beside its closed recursion.
///
/// L = ½Σhᵢzᵢ² with hᵢ = 1/i, and gradients whose noise has the covariance hᵢ (Zhang and others 2019, arXiv 1907.04164,
/// §3).
@Suite struct NoisyQuadraticTests {
  static let dimensions = 1000

  /// E zᵢ² ← (1 − ηhᵢ)² E zᵢ² + η²hᵢ/B.
  private func meanLosses(rate: Double, batch: Int, at steps: [Int]) -> [Double] {
    let h = (1...Self.dimensions).map { 1 / Double($0) }
    var squares = [Double](repeating: 1, count: h.count)
    var losses: [Double] = []
    for step in 1...(steps.max() ?? 1) {
      for i in h.indices {
        squares[i] = (1 - rate * h[i]) * (1 - rate * h[i]) * squares[i] + rate * rate * h[i] / Double(batch)
      }
      if steps.contains(step) { losses.append(zip(h, squares).reduce(0) { $0 + $1.0 * $1.1 } / 2) }
    }
    return losses
  }

  @Test func meanLossesFollowTheRecursion() throws {
    let (steps, seeds, rate, batch) = ([10, 100, 1000], 200, 0.1, 2)
    let model = Sequential(inputShape: [Self.dimensions], layers: [QuadraticBowl(dimensions: Self.dimensions)])
    let team = try ThreadTeam(threads: 1)
    var sums = [Double](repeating: 0, count: steps.count)
    for seed in 0..<seeds {
      let source = SignStream(seed: UInt64(seed), exampleCount: 2000, features: Self.dimensions)
      let network = try Network<Float>(model, seed: 1, context: .test(Float.self, threads: 1))
      let step = try TrainingStep(
        network, on: source.format, loss: OutputItself(), optimizer: SGD(learningRate: rate), capacity: batch,
        team: team)
      for update in 1...1000 {
        step(source, epoch: 0, at: batch * (update - 1), count: batch)
        guard let index = steps.firstIndex(of: update) else { continue }
        let z = network.values(of: network.slots[0])
        sums[index] += zip(z, 1...).reduce(0) { $0 + Double($1.0 * $1.0) / Double($1.1) } / 2
      }
    }
    for (sum, expected) in zip(sums, meanLosses(rate: rate, batch: batch, at: steps)) {
      #expect(abs(sum / Double(seeds) / expected - 1) < 0.02)
    }
  }
}

/// ½Σhᵢzᵢ² + Σ√hᵢ·xᵢ·zᵢ with hᵢ = 1/i, the parameters z and an example's features x.
private struct QuadraticBowl: Layer {
  private let h: [Float]
  private let roots: [Float]

  init(dimensions: Int) {
    h = (1...dimensions).map { 1 / Float($0) }
    roots = h.map { $0.squareRoot() }
  }

  var description: String { "quadratic bowl" }

  func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    LayerPlan(
      output: ActivationShape([1]),
      parameters: [Parameter(name: "z", shape: [input.count], initialisation: .ones, fanIn: 1, fanOut: 1)])
  }

  @specialized(where S == Float)
  func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let z = pass.parameter(0)
    for i in 0..<pass.batch {
      var sum = S(0)
      for j in 0..<pass.inputShape.count {
        sum += (S(h[j]) * z[j] / 2 + S(roots[j]) * pass.input[i, j]) * z[j]
      }
      pass.output[i, 0] = sum
    }
  }

  @specialized(where S == Float)
  func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient else { return }
    let (z, dz) = (pass.parameter(0), pass.parameterGradient(0))
    for j in 0..<pass.inputShape.count { dz[j] = 0 }
    for i in 0..<pass.batch {
      for j in 0..<pass.inputShape.count {
        dz[j] += dy[i, 0] * (S(h[j]) * z[j] + S(roots[j]) * pass.input[i, j])
      }
    }
  }
}

/// The sum of the outputs.
private struct OutputItself: Loss {
  var name: String { "output-itself" }
  var readsClasses: Bool { false }

  func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
    var total = 0.0
    for i in 0..<pass.outputs.rows {
      total += Double(pass.outputs[i, 0])
      pass.gradient?[i, 0] = pass.scale
    }
    return LossSums(total: total)
  }
}

/// Features that are 1 or −1, each with probability ½.
private struct SignStream: BatchSource {
  let seed: UInt64
  let exampleCount: Int
  let features: Int
  var format: ExampleFormat { ExampleFormat(shape: [features], targets: .values(1)) }

  @specialized(where S == Float)
  func load<S: Scalar>(_ places: Range<Int>, ofEpoch epoch: Int, into buffers: BatchBuffers<S>, team: ThreadTeam) {
    for (row, place) in places.enumerated() {
      var stream = RandomStream(seed: seed, name: "signs", index: UInt64(place))
      for first in stride(from: 0, to: features, by: 64) {
        var bits = stream.next()
        for feature in first..<min(first + 64, features) {
          buffers.features[row, feature] = bits & 1 == 1 ? 1 : -1
          bits >>= 1
        }
      }
      buffers.values?[row, 0] = 0
    }
  }
}
