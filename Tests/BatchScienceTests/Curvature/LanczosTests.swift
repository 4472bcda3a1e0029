import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

@Suite struct LanczosTests {
  @Test func findsBothEndsOfAKnownHessian() throws {
    let task = try LeastSquaresTask()
    let known = try task.eigenvalues()
    let ends = try ExtremeEigenvalues(of: HessianOperator(task.loss(Double.self)), tolerance: 1e-9, seed: 1)
    #expect(ends.isConverged)
    #expect(abs(ends.largest.value / known[known.count - 1] - 1) < 1e-6)
    #expect(abs(ends.smallest.value / known[0] - 1) < 1e-6)
    // Every eigenvalue comes three times, which the steps see by rounding alone.
    #expect(ends.steps < known.count)

    let inFloat = try ExtremeEigenvalues(of: HessianOperator(task.loss(Float.self)), tolerance: 1e-5, seed: 1)
    #expect(abs(inFloat.largest.value / known[known.count - 1] - 1) < 1e-5)
    #expect(abs(inFloat.smallest.value - known[0]) < 1e-5 * known[known.count - 1])

    // A linear model's Hessian is its Gauss–Newton matrix.
    let gaussNewton = try ExtremeEigenvalues(of: GaussNewtonOperator(task.loss(Double.self)), tolerance: 1e-9, seed: 2)
    #expect(abs(gaussNewton.largest.value / known[known.count - 1] - 1) < 1e-9)
  }

  /// The bound holds long before the method has converged, and of negative eigenvalues too.
  @Test func boundsItsError() throws {
    let eigenvalues: [Double] = [-1] + (0..<78).map { Double($0) / 60 - 0.5 } + [2]
    let a = try KnownMatrix(eigenvalues: eigenvalues)
    for steps in [1, 2, 5, 10, 20, 40, 80] {
      let ends = try ExtremeEigenvalues(of: a, tolerance: 0, maximumSteps: steps, seed: 7)
      #expect(ends.steps <= steps)
      for end in [ends.smallest, ends.largest] {
        let nearest = eigenvalues.map { abs($0 - end.value) }.min() ?? .infinity
        #expect(nearest <= end.bound + 1e-13)
      }
    }
    let ends = try ExtremeEigenvalues(of: a, tolerance: 1e-10, maximumSteps: 80, seed: 7)
    #expect(ends.isConverged && ends.steps < 80)
    #expect(abs(ends.smallest.value + 1) < 1e-9 && abs(ends.largest.value - 2) < 1e-9)
  }

  /// Without making new vectors orthogonal to all before them the largest eigenvalue would come again and again.
  @Test func findsNoEigenvalueTwice() throws {
    let eigenvalues: [Double] = (0..<60).map { $0 == 59 ? 1e4 : Double($0 + 100) / 100 }
    let a = try KnownMatrix(eigenvalues: eigenvalues)
    var stream = RandomStream(seed: 3, name: "test")
    var lanczos = try Lanczos<Double>(in: a, capacity: 60, from: &stream)
    while try lanczos.step(a) {}
    #expect(largestError(try lanczos.ritzValues().map(\.value), eigenvalues) < 1e-12)
    #expect(abs(try lanczos.ritzValues().reduce(0) { $0 + $1.weight } - 1) < 1e-12)
  }

  @Test func ritzVectorsAreEigenvectors() throws {
    let a = try KnownMatrix(eigenvalues: (0..<30).map { Double($0 * $0) })
    var stream = RandomStream(seed: 3, name: "test")
    var lanczos = try Lanczos<Double>(in: a, capacity: 30, from: &stream)
    while try lanczos.step(a) {}
    let last = lanczos.steps - 1
    let v = try lanczos.ritzVector(last)
    let product = try AlignedBuffer<Double>(count: 30)
    try a.apply(v.point, into: product.elements)
    let theta = try lanczos.ritzValues()[last].value
    try axpy(-theta, v.point, into: product.elements)
    #expect(abs(norm(v.point) - 1) < 1e-13 && norm(product.point) < 1e-9)
  }

  /// Three distinct eigenvalues are found in three steps, and then there is nothing more to find.
  @Test func endsInAnInvariantSubspace() throws {
    let eigenvalues: [Double] = (0..<40).map { [2, -5, 7][$0 % 3] }
    let ends = try ExtremeEigenvalues(of: KnownMatrix(eigenvalues: eigenvalues), tolerance: 0, seed: 1)
    #expect(ends.steps <= 5 && ends.isConverged)
    #expect(abs(ends.smallest.value + 5) < 1e-12 && abs(ends.largest.value - 7) < 1e-12)
    #expect(ends.largest.bound < 1e-12)
  }

  @Test func takesAnyMatrix() throws {
    let zero = try ExtremeEigenvalues(of: KnownMatrix(Matrix(rows: 9, columns: 9)), seed: 1)
    #expect(zero.largest.value == 0 && zero.smallest.value == 0 && zero.steps == 1 && zero.isConverged)
    let single = try ExtremeEigenvalues(of: KnownMatrix(Matrix(rows: 1, columns: 1, [-3])), seed: 1)
    #expect(single.largest.value == -3 && single.smallest.value == -3 && single.isConverged)
    let opposite = try ExtremeEigenvalues(of: KnownMatrix(eigenvalues: [-1, 1]), seed: 1)
    #expect(abs(opposite.largest.value - 1) < 1e-14 && abs(opposite.smallest.value + 1) < 1e-14)
  }

  // MARK: What is refused

  @Test func refusesStartsThatAreNone() throws {
    let a = try KnownMatrix(eigenvalues: [1, 2, 3])
    func error(_ start: [Double], capacity: Int = 3) -> CurvatureError? {
      start.withUnsafeBufferPointer { start in
        thrownError { () throws(CurvatureError) in try Lanczos<Double>(in: a, from: start, capacity: capacity) }
      }
    }
    #expect(error([0, 0, 0]) == .zeroVector(what: "the starting vector"))
    #expect(error([0, .nan, 0]) == .notFinite(what: "the starting vector"))
    #expect(error([1, 2]) == .length(what: "the starting vector", found: 2, expected: 3))
    #expect(error([1, 2, 3], capacity: 0)?.description == "Lanczos's method needs room for at least 1 step, not 0")
    #expect(
      error([0, 0, 0])?.description
        == "the starting vector is zero and has no direction; give a vector with an element that is not 0")
  }

  @Test func refusesParametersThatAreNoNumbers() throws {
    let model = Sequential(inputShape: [13]) {
      Dense(4, .tanh)
      Dense(3)
    }
    let network = try Network<Double>(model, seed: 1, context: .test(Double.self))
    network.parameters.baseAddress[0] = .nan
    let deep = try DatasetLoss(
      network, on: LeastSquaresTask().data, loss: .meanSquaredError, team: ThreadTeam(threads: 1))
    let error = thrownError { () throws(CurvatureError) in
      try ExtremeEigenvalues(of: HessianOperator(deep), seed: 1)
    }
    #expect(error == .notFinite(what: "the product of the matrix with a vector"))
    #expect(error?.category == .numerical)
    #expect(
      thrownError { () throws(CurvatureError) in
        try ExtremeEigenvalues(of: HessianOperator(deep), tolerance: -1, seed: 1)
      } == .setting("the tolerance of eigenvalues must be at least 0, not -1.0"))
  }
}
