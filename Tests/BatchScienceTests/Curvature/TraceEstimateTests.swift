import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

@Suite struct TraceEstimateTests {
  /// The share of seeds whose estimate lies within two standard errors, and the mean error in standard errors.
  private func coverage(
    _ a: some SymmetricOperator, trace: Double, products: Int, seeds: Int
  ) throws -> (share: Double, bias: Double) {
    var within = 0
    var errors: [Double] = []
    for seed in 0..<seeds {
      let estimate = try TraceEstimate(of: a, products: products, seed: UInt64(seed))
      #expect(estimate.products <= products)
      let error = estimate.value - trace
      if abs(error) <= 2 * estimate.standardError { within += 1 }
      errors.append(error)
    }
    let sample = Sample(errors)
    let deviation = (sample.deviation ?? 0) / Double(seeds).squareRoot()
    return (Double(within) / Double(seeds), deviation > 0 ? sample.mean / deviation : 0)
  }

  @Test func ofAKnownHessianIsWithinTwoStandardErrors() throws {
    let task = try LeastSquaresTask()
    let trace = try task.eigenvalues().reduce(0, +)
    let result = try coverage(HessianOperator(task.loss(Double.self)), trace: trace, products: 30, seeds: 100)
    #expect(result.share >= 0.95, "\(result)")
  }

  @Test(arguments: [12, 30, 90])
  func ofAKnownSpectrumIsWithinTwoStandardErrors(products: Int) throws {
    // A few large eigenvalues of both signs, and a long tail, as networks have.
    let eigenvalues: [Double] = (0..<120).map { index in
      let size = 30 / Double(index + 1)
      return index % 7 == 3 ? 0.2 - size / 2 : 0.2 + size
    }
    let a = try KnownMatrix(eigenvalues: eigenvalues)
    let result = try coverage(a, trace: eigenvalues.reduce(0, +), products: products, seeds: 400)
    #expect(result.share >= 0.95, "\(result)")
    #expect(abs(result.bias) < 3, "\(result)")
  }

  /// What the subspace holds is exact: that is what it gains over Hutchinson's mean.
  @Test func isExactForAMatrixOfLowRank() throws {
    let eigenvalues = (0..<50).map { $0 < 6 ? Double($0 - 2) : 0 }
    let a = try KnownMatrix(eigenvalues: eigenvalues)
    let estimate = try TraceEstimate(of: a, products: 30, seed: 1)
    #expect(abs(estimate.value - 3) < 1e-12)
    #expect(estimate.standardError < 1e-12)
    #expect(estimate.interval.contains(estimate.value))
    let zero = try TraceEstimate(of: KnownMatrix(Matrix(rows: 7, columns: 7)), products: 12, seed: 1)
    #expect(zero.value == 0 && zero.standardError == 0)
    let small = try TraceEstimate(of: KnownMatrix(eigenvalues: [2, 3]), products: 60, seed: 1)
    #expect(abs(small.value - 5) < 1e-13)
  }

  @Test func refusesTooFewProducts() throws {
    let a = try KnownMatrix(eigenvalues: [1, 2, 3])
    #expect(
      thrownError { () throws(CurvatureError) in try TraceEstimate(of: a, products: 11, seed: 1) }?.description
        == "an estimate of a trace with its error needs at least 12 products, not 11")
    let broken = try KnownMatrix(Matrix(rows: 2, columns: 2, [1, .nan, .nan, 1]))
    #expect(
      thrownError { () throws(CurvatureError) in try TraceEstimate(of: broken, seed: 1) }
        == .notFinite(what: "the product of the matrix with a vector"))
  }
}
