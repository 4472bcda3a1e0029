import BatchAlgebra
import BatchData
import BatchScience
import BatchTraining
import Testing

@Suite struct RecommendPlanTests {
  /// Asks for 150 training examples of three features and of targets that are the features, or a single number.
  private func plan(_ optimizer: any Optimizer, targetsEqualInputs: Bool) throws -> RecommendPlan {
    let features = try Matrix<Float>(rows: 200, columns: 3) { Float(($0 * 7 + $1 * 5) % 11) }
    let pool = try Dataset(
      name: "made up", features: features,
      targets: .values(targetsEqualInputs ? features : Matrix(rows: 200, columns: 1)))
    let splits = try DataSplits(splitting: pool, validation: 30, test: 20, seed: 1, standardisation: .none)
    return RecommendPlan(
      data: "made up", splits: splits, model: "mlp:4", loss: .meanSquaredError, optimizer: optimizer,
      target: .epochs(2), effort: .seconds)
  }

  /// A quarter of 150 examples is 37.
  @Test func candidatesAreThoseBelowAQuarterOfTheData() throws {
    let plan = try plan(SGD(learningRate: 0.1), targetsEqualInputs: false)
    #expect(plan.common.batchSizes == [1, 2, 4, 6, 8, 12, 16, 24, 32])
    #expect(plan.doubts.isEmpty)
    #expect(plan.problem == nil)
  }

  @Test func doubtsAreThoseOfDataAndOptimizer() throws {
    let plain = try plan(SGD(learningRate: 0.1), targetsEqualInputs: true)
    #expect(plain.doubts == [.targetsEqualInputs])
    let adaptive = try plan(Adam(learningRate: 0.1), targetsEqualInputs: true)
    #expect(Set(adaptive.doubts) == [.targetsEqualInputs, .adaptiveOptimizer])
  }
}
