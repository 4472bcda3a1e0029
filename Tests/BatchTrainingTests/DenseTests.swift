import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct DenseTests {
  struct TorchDense: Decodable {
    var x: [[Double]]
    var weight: [[Double]]
    var b: [Double]
    var dy: [[Double]]
    var y: [[Double]]
    var dx: [[Double]]
    var dW: [[Double]]
    var db: [Double]

    enum CodingKeys: String, CodingKey {
      case x, b, dy, y, dx, dW, db
      case weight = "W"
    }
  }

  @Test(arguments: Activation.allCases)
  func equalsPyTorch(_ activation: Activation) throws {
    let torch = try Fixture.load("dense_\(activation.rawValue)", as: TorchDense.self)
    try check(torch, activation, Double.self, tolerance: 1e-12)
    try check(torch, activation, Float.self, tolerance: 1e-5)
  }

  private func check<S: Scalar>(_ torch: TorchDense, _ activation: Activation, _: S.Type, tolerance: Double) throws {
    let probe = try LayerProbe<S>(Dense(torch.b.count, activation), inputShape: [torch.x[0].count])
    probe.parameters = [torch.weight.flat.map { S($0) }, torch.b.map { S($0) }]
    let result = try probe.run(
      torch.x.flat.map { S($0) }, batch: torch.x.count, outputGradient: torch.dy.flat.map { S($0) })
    #expect(largestError(result.output.map(Double.init), torch.y.flat) < tolerance)
    #expect(largestError(result.inputGradient.map(Double.init), torch.dx.flat) < tolerance)
    #expect(largestError(result.parameterGradients[0].map(Double.init), torch.dW.flat) < tolerance)
    #expect(largestError(result.parameterGradients[1].map(Double.init), torch.db) < tolerance)
  }

  /// The gradients are those of the function that forward computes, at widths around the kernels' tiles.
  @Test(arguments: Activation.allCases, [(1, 1, 1), (1, 5, 3), (7, 9, 17), (8, 16, 16), (33, 4, 31)])
  func gradientsAreDerivatives(_ activation: Activation, _ shape: (batch: Int, inputs: Int, outputs: Int)) throws {
    var stream = RandomStream(seed: 7, name: "test")
    func draw(_ count: Int) -> [Double] { (0..<count).map { _ in stream.normal() } }
    let probe = try LayerProbe<Double>(Dense(shape.outputs, activation), inputShape: [shape.inputs])
    probe.parameters[1] = draw(shape.outputs)
    let input = draw(shape.batch * shape.inputs)
    let upstream = draw(shape.batch * shape.outputs)
    let result = try probe.run(input, batch: shape.batch, outputGradient: upstream)

    func objective(_ input: [Double]) throws -> Double {
      zip(try probe.run(input, batch: shape.batch).output, upstream).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(largestError(result.inputGradient, try finiteDifferences(at: input, objective)) < 1e-6)
    for index in 0..<2 {
      let parameter = probe.parameters[index]
      let expected = try finiteDifferences(at: parameter) {
        probe.parameters[index] = $0
        defer { probe.parameters[index] = parameter }
        return try objective(input)
      }
      #expect(largestError(result.parameterGradients[index], expected) < 1e-6)
    }
  }

  /// Sharing the work among threads changes nothing but the order of no sum at all: blocks of C are whole sums.
  @Test(arguments: [2, 3])
  func teamsAgreeWithOneThread(_ threads: Int) throws {
    var stream = RandomStream(seed: 9, name: "test")
    let (batch, inputs, outputs) = (65, 129, 200)
    let input = (0..<batch * inputs).map { _ in Float(stream.normal()) }
    let upstream = (0..<batch * outputs).map { _ in Float(stream.normal()) }
    let alone = try LayerProbe<Float>(Dense(outputs, .gelu), inputShape: [inputs])
      .run(input, batch: batch, outputGradient: upstream)
    let team = try LayerProbe<Float>(
      Dense(outputs, .gelu), inputShape: [inputs], context: .test(Float.self, threads: threads)
    )
    .run(input, batch: batch, outputGradient: upstream)
    #expect(largestError(team.output.map(Double.init), alone.output.map(Double.init)) < 1e-5)
    #expect(largestError(team.inputGradient.map(Double.init), alone.inputGradient.map(Double.init)) < 1e-5)
    for (a, b) in zip(team.parameterGradients, alone.parameterGradients) {
      #expect(largestError(a.map(Double.init), b.map(Double.init)) < 1e-5)
    }
  }

  @Test func refusesToHaveNoUnits() {
    #expect(throws: ModelError.invalidLayer("a dense layer needs at least 1 unit, not 0")) {
      try Dense(0).plan(for: ActivationShape([3]), .test(Float.self))
    }
  }
}
