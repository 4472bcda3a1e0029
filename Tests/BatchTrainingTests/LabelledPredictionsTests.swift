import BatchAlgebra
import BatchData
import BatchTraining
import Testing

/// The class that an example is taken for: the one that the loss counts.
@Suite struct LabelledPredictionsTests {
  /// The classes of examples whose outputs are the given rows, and what the evaluator makes of them with each label.
  private func classes<S: Scalar>(
    _ loss: any Loss, _ rows: [[S]], classCount: Int = 3, _: S.Type = S.self
  ) throws -> [Int?] {
    let width = rows[0].count
    let network = try Network<S>(Sequential(inputShape: [rows.count]) { Dense(width) }, seed: 1, context: .test(S.self))
    // Each example alone has a feature of 1, so that its outputs are a row of the weight; the others' are nothing.
    return try rows.indices.map { row in
      var weight = [S](repeating: 0, count: rows.count * width)
      for j in 0..<width { weight[row * width + j] = rows[row][j] }
      network.setValues(of: network.slots[0], weight)
      let features = (0..<rows.count).map { Float($0 == row ? 1 : 0) }
      var found: Int??
      for label in 0..<classCount {
        let data = try Dataset(
          name: "one", features: Matrix(rows: 1, columns: rows.count, features),
          targets: .classes(labels: [Int32(label)], names: (0..<classCount).map { "\($0)" }))
        let evaluator = try Evaluator(network, on: data, loss: loss, team: ThreadTeam(threads: 1))
        let labelled = try evaluator.labelledPredictions()
        #expect(labelled.classes.count == 1 && labelled.predictions.rows == 1)
        #expect(evaluator.evaluate().correct == (labelled.classes[0] == label ? 1 : 0), "\(loss), \(rows[row])")
        #expect(found == nil || found == labelled.classes[0])
        found = labelled.classes[0]
      }
      return found ?? nil
    }
  }

  @Test(arguments: NamedLoss.known)
  func theLargestOutputWinsAndOfEqualsTheFirst(_ loss: any Loss) throws {
    let rows = [[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], [-3, -2, -1], [0, 0, 0], [1, 0, 0]]
    #expect(try classes(loss, rows) == [1, 0, 2, 0, 0])
  }

  /// Where a probability rounds to 0 or 1 the outputs still differ.
  @Test(arguments: NamedLoss.known)
  func roundingDoesNotDecide(_ loss: any Loss) throws {
    let rows: [[Float]] = [[20, 30, 25], [30, 20, 25], [-200, -300, -100], [18, 18.5, 90]]
    #expect(try classes(loss, rows) == [1, 0, 2, 2])
  }

  /// A single output: above 0 for a logit, above one half for a value; a tie, as of weights that are zero, is not.
  @Test func aSingleOutputStandsForTheSecondClass() throws {
    let logits: [[Float]] = [[0], [1e-30], [-1e-30], [30], [-30], [1e-9]]
    #expect(try classes(.binaryCrossEntropy, logits, classCount: 2) == [0, 1, 0, 1, 0, 1])
    let values: [[Float]] = [[0.5], [Float(0.5).nextUp], [Float(0.5).nextDown], [0], [7]]
    #expect(try classes(.meanSquaredError, values, classCount: 2) == [0, 1, 0, 0, 1])
  }

  /// A network that is broken has no accuracy, whatever the labels are.
  @Test(arguments: NamedLoss.known)
  func whatIsNoNumberIsOfNoClass(_ loss: any Loss) throws {
    let rows: [[Float]] = [[.nan, .nan, .nan], [.nan, 0, 1], [1, .nan, 0], [0, 1, .nan]]
    #expect(try rows.map { try classes(loss, [$0])[0] } == [nil, nil, nil, nil])
    if !(loss is SoftmaxCrossEntropy) { #expect(try classes(loss, [[Float.nan]], classCount: 2) == [nil]) }
    // Infinitely certain is certain, but for softmax, which makes a NaN of it.
    #expect(try classes(loss, [[Float(0), .infinity, 1]]) == [loss is SoftmaxCrossEntropy ? nil : 1])
    #expect(try classes(loss, [[Float(0), -.infinity, 1]]) == [2])
  }

  /// Untrained networks over a whole data set, in more than one batch.
  @Test(arguments: [SoftmaxCrossEntropy(), BinaryCrossEntropy()] as [any Loss], [1, 2])
  func agreesWithTheEvaluator(_ loss: any Loss, outputs: Int) throws {
    guard loss is BinaryCrossEntropy || outputs == 2 else { return }
    let data = try DataSource.dots(examples: 2000).load(seed: 5).train
    guard case .classes(let expected, _) = data.targets else { return }
    for seed in 1...5 as ClosedRange<UInt64> {
      let evaluator = try Evaluator(
        Network<Float>(Sequential(inputShape: [2]) { Dense(outputs) }, seed: seed, context: .test(Float.self)),
        on: data, loss: loss,
        team: ThreadTeam(threads: 2))
      let labelled = try evaluator.labelledPredictions()
      #expect(evaluator.evaluate().correct == zip(labelled.classes, expected).count { $0 == Int($1) })
      #expect(try labelled.predictions.elements == evaluator.predictions().elements)
    }
  }
}
