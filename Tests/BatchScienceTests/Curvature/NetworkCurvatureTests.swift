import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// The methods on a network that is no least squares, against its whole Hessian.
@Suite struct NetworkCurvatureTests {
  private func loss() throws -> DatasetLoss<Double> {
    let data = try DataSource.dots(examples: 100).load(seed: 1).train
    let model = Sequential(inputShape: [2]) {
      Dense(7, .tanh)
      Dense(5, .gelu)
      Dense(2)
    }
    return try DatasetLoss(
      Network<Double>(model, seed: 1, context: .test(Double.self)), on: data, loss: .softmaxCrossEntropy,
      microBatch: 32, team: ThreadTeam(threads: 2))
  }

  /// The matrix of an operator by the parameters in their order, without what pads them, from a product a column.
  private func matrix(_ loss: DatasetLoss<Double>, _ a: some SymmetricOperator<Double>) throws -> Matrix<Double> {
    let network = loss.network
    let (unit, product) = (try a.zeroVector(), try a.zeroVector())
    var columns: [[Double]] = []
    for slot in network.slots {
      for index in 0..<slot.count {
        unit.elements.update(repeating: 0)
        network.setValues(of: slot, (0..<slot.count).map { $0 == index ? 1 : 0 }, in: unit.elements)
        try a.apply(unit.point, into: product.elements)
        columns.append(network.slots.flatMap { network.values(of: $0, in: product) })
      }
    }
    return try Matrix(columns)
  }

  @Test func agreesWithTheWholeHessian() throws {
    let loss = try loss()
    let hessian = HessianOperator(loss)
    let whole = try matrix(loss, hessian)
    #expect(whole.rows == hessian.dimension && hessian.storedCount > hessian.dimension)
    #expect(largestError(whole.elements, try whole.transposed().elements) < 1e-14)
    let eigenvalues = try SymmetricEigendecomposition.values(of: whole)
    let size = eigenvalues[eigenvalues.count - 1]
    // At random parameters there are directions in which the loss bends down.
    #expect(eigenvalues[0] < -1e-3 * size)

    let ends = try ExtremeEigenvalues(of: hessian, tolerance: 1e-8, seed: 1)
    #expect(ends.isConverged)
    #expect(abs(ends.smallest.value - eigenvalues[0]) < 1e-6 * size)
    #expect(abs(ends.largest.value - size) < 1e-6 * size)

    let trace = try TraceEstimate(of: hessian, products: 60, seed: 1)
    #expect(abs(trace.value - eigenvalues.reduce(0, +)) <= 2 * trace.standardError)

    let density = try SpectralDensity(of: hessian, probes: 30, steps: 30, seed: 1)
    let squares = density.moments(2)
    let exact = eigenvalues.reduce(0) { $0 + $1 * $1 } / Double(eigenvalues.count)
    #expect(abs(squares.mean - exact) < 3 * (squares.deviation ?? 0) / Double(squares.count).squareRoot())
  }

  /// For a convex loss the Gauss–Newton matrix has no negative eigenvalue, unlike the Hessian.
  @Test func gaussNewtonIsPositive() throws {
    let loss = try loss()
    let whole = try matrix(loss, GaussNewtonOperator(loss))
    let eigenvalues = try SymmetricEigendecomposition.values(of: whole)
    #expect(eigenvalues[0] > -1e-14 * eigenvalues[eigenvalues.count - 1])
  }

  /// An operator at another point than the parameters that the network had.
  @Test func isTakenAtAPoint() throws {
    let loss = try loss()
    let point = try loss.randomDirection(normalisingFilters: false, seed: 3)
    let here = try ExtremeEigenvalues(of: HessianOperator(loss), seed: 1)
    let there = try ExtremeEigenvalues(of: HessianOperator(loss, at: point), seed: 1)
    #expect(here != there)
    #expect(try ExtremeEigenvalues(of: HessianOperator(loss), seed: 1) == here)
  }
}
