import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

@Suite struct EpsilonSharpnessTests {
  private func sharpness(
    _ function: some DifferentiableFunction<Double>, at point: [Double], epsilon: Double = 1e-3, subspace: Int? = nil,
    restarts: Int = 3, seed: UInt64 = 1
  ) throws(CurvatureError) -> EpsilonSharpness {
    try point.withUnsafeBufferPointer { point throws(CurvatureError) in
      try EpsilonSharpness(
        of: function, at: point, epsilon: epsilon, subspace: subspace, restarts: restarts, seed: seed)
    }
  }

  /// At 0 the box is |zᵢ| ≤ ε, and ½·Σλz² is largest at its corners.
  @Test(arguments: [1e-3, 5e-4, 0.1])
  func ofAConvexQuadraticIsItsValueAtACorner(epsilon: Double) throws {
    let eigenvalues: [Double] = (0..<50).map { 100 / Double(1 + $0 * $0) }
    let found = try sharpness(
      Quadratic(eigenvalues: eigenvalues), at: [Double](repeating: 0, count: 50), epsilon: epsilon)
    let expected = 100 * eigenvalues.reduce(0, +) * epsilon * epsilon / 2
    #expect(abs(found.value / expected - 1) < 0.01, "\(found.value), expected \(expected)")
    #expect(found.loss == 0 && found.subspaceDimension == nil && found.starts.count == 3)
  }

  /// Off 0 the box grows with |xᵢ|, and the loss divides.
  @Test func usesTheBoxAndTheLossOfThePaper() throws {
    let eigenvalues = [1.0, 4, 0.25]
    let x = [0.5, -2, 0]
    let epsilon = 0.01
    let function = Quadratic(eigenvalues: eigenvalues, constant: 0.3)
    let found = try sharpness(function, at: x, epsilon: epsilon)
    let corner = x.map { $0 + ($0 < 0 ? -1 : 1) * epsilon * (abs($0) + 1) }
    let f = try function.value(x)
    let expected = (try function.value(corner) - f) / (1 + f) * 100
    #expect(abs(found.value / expected - 1) < 1e-9)
  }

  /// Where the function bends down the maximum is inside the box.
  @Test func findsAMaximumInside() throws {
    let found = try sharpness(
      Quadratic(eigenvalues: [2, -3, -1, 5]), at: [0, 0.05, -0.02, 0], epsilon: 0.1, restarts: 6)
    // −3·0.05²/2 − 0.02²/2 at the point, and 2·0.1²/2 + 5·0.1²/2 where the other two are 0.
    let loss: Double = -0.00395
    let best: Double = 0.035
    let expected = (best - loss) / (1 + loss) * 100
    #expect(abs(found.value / expected - 1) < 0.01, "\(found.value), expected \(expected)")
  }

  /// In all of the space as a subspace the corners of another box are found; in fewer directions no more than there.
  @Test func ofARandomSubspaceGoesAlongItsDirections() throws {
    let eigenvalues: [Double] = (0..<40).map { Double($0 + 10) / 10 }
    let zero = [Double](repeating: 0, count: 40)
    let function = Quadratic(eigenvalues: eigenvalues)
    let found = try sharpness(function, at: zero, epsilon: 1e-2, subspace: 3, restarts: 9)
    // The largest value over the corners of the box in three dimensions, with the same directions.
    var stream = RandomStream(seed: 1, name: "sharpness")
    let directions: [[Double]] = (0..<3).map { _ in (0..<40).map { _ in stream.normal() } }
    var best = 0.0
    for corner in 0..<8 {
      let signs: [Double] = (0..<3).map { corner >> $0 & 1 == 1 ? 1e-2 : -1e-2 }
      let point: [Double] = (0..<40).map { i in
        signs[0] * directions[0][i] + signs[1] * directions[1][i] + signs[2] * directions[2][i]
      }
      best = max(best, try function.value(point))
    }
    #expect(found.subspaceDimension == 3)
    #expect(abs(found.largestLoss / best - 1) < 0.01)
  }

  // MARK: Networks

  private func network(rescaledBy factor: Double) throws -> Network<Double> {
    let model = Sequential(inputShape: [2]) {
      Dense(12, .relu)
      Dense(2)
    }
    let network = try Network<Double>(model, seed: 5, context: .test(Double.self))
    for (index, slot) in network.slots.enumerated() {
      // ReLU(a·z) = a·ReLU(z): weight and bias of the first layer times a, the second's weight by a.
      let scale = index < 2 ? factor : index == 2 ? 1 / factor : 1
      network.setValues(of: slot, network.values(of: slot).map { $0 * scale })
    }
    return network
  }

  /// Two networks of one function have another sharpness, and the caveat says so (Dinh 2017).
  @Test func changesWithTheScaleOfLayers() throws {
    let data = try DataSource.dots(examples: 60).load(seed: 1).train
    let team = try ThreadTeam(threads: 2)
    func loss(_ factor: Double) throws -> DatasetLoss<Double> {
      try DatasetLoss(network(rescaledBy: factor), on: data, loss: .softmaxCrossEntropy, team: team)
    }
    let (plain, rescaled) = (try loss(1), try loss(20))
    let values = (try plain.value(at: plain.parameters.point), try rescaled.value(at: rescaled.parameters.point))
    #expect(abs(values.0 - values.1) < 1e-12)
    let first = try EpsilonSharpness(of: plain, at: plain.parameters.point, seed: 1)
    let second = try EpsilonSharpness(of: rescaled, at: rescaled.parameters.point, seed: 1)
    #expect(second.value > 1.5 * first.value, "\(first.value) and \(second.value)")
    #expect(first.value > 0)
    #expect(EpsilonSharpness.caveat.contains("rescaling the layers of a ReLU network"))
    #expect(EpsilonSharpness.caveat.contains("Dinh"))
    let some = try EpsilonSharpness(of: plain, at: plain.parameters.point, subspace: 10, seed: 1)
    #expect(some.value > 0)
  }

  // MARK: What is refused

  @Test func refusesWhatMakesNoSense() throws {
    let function = Quadratic(eigenvalues: [1, 2])
    #expect(
      thrownError { () throws(CurvatureError) in try sharpness(function, at: [0, 0], epsilon: 0) }
        == .setting("ε must be a number above 0, not 0.0"))
    #expect(
      thrownError { () throws(CurvatureError) in try sharpness(function, at: [0, 0, 0]) }
        == .length(what: "the point", found: 3, expected: 2))
    #expect(
      thrownError { () throws(CurvatureError) in try sharpness(function, at: [.nan, 0]) }
        == .notFinite(what: "the loss at the point"))
    #expect(
      thrownError { () throws(CurvatureError) in try sharpness(Quadratic(eigenvalues: [1], constant: -1), at: [0]) }
        == .setting("sharpness is defined for losses above −1, not -1.0"))
    #expect(
      thrownError { () throws(CurvatureError) in try sharpness(function, at: [0, 0], subspace: 3) }
        == .setting("a subspace has between 1 and 2 directions, not 3"))
    #expect(
      thrownError { () throws(CurvatureError) in try sharpness(function, at: [0, 0], restarts: 0) }
        == .setting("a search needs at least 1 start and 1 step, not 0 and 20"))
  }

  /// A loss that is flat has no sharpness, and a loss that overflows in the box is not climbed into.
  @Test func takesFlatFunctions() throws {
    #expect(try sharpness(Quadratic(eigenvalues: [0, 0], constant: 2), at: [1, 1]).value == 0)
  }
}

extension Quadratic {
  func value(_ point: [Double]) throws -> Double {
    try point.withUnsafeBufferPointer { point throws(CurvatureError) in try value(at: point) }
  }
}
