import BatchAlgebra
import BatchTraining
import Testing

@Suite struct ClassPredictionTests {
  @Test func theLargestProbabilityWinsAndOfEqualsTheFirst() throws {
    let probabilities = try Matrix<Float>(
      rows: 5, columns: 3, [0.2, 0.5, 0.3, 0.4, 0.4, 0.2, 0.1, 0.2, 0.7, 0.3, 0.3, 0.4, 1, 0, 0])
    #expect(ClassPrediction.labels(probabilities) == [1, 0, 2, 2, 0])
  }

  @Test func aSingleProbabilityIsThatOfTheSecondClass() throws {
    let probabilities = try Matrix<Double>(rows: 4, columns: 1, [0, 0.5.nextDown, 0.5, 1])
    #expect(ClassPrediction.labels(probabilities) == [0, 0, 1, 1])
  }

  /// What it says of a network's predictions is what the evaluator counts as right.
  @Test(arguments: [Loss.softmaxCrossEntropy, .binaryCrossEntropy])
  func agreesWithTheEvaluator(_ loss: Loss) throws {
    let data = try TinyRun.data.get().validation
    let model = Sequential(inputShape: [2]) { Dense(loss == .binaryCrossEntropy ? 1 : 2) }
    for seed in 1...5 as ClosedRange<UInt64> {
      let evaluator = try Evaluator(
        Network<Float>(model, seed: seed), on: data, loss: loss, team: ThreadTeam(threads: 1))
      let labels = try ClassPrediction.labels(evaluator.predictions())
      guard case .classes(let expected, _) = data.targets else { return }
      let right = zip(labels, expected).count { $0 == Int($1) }
      #expect(evaluator.evaluate().correct == right)
    }
  }
}
