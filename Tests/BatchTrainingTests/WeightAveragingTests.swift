import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct WeightAveragingTests {
  struct TorchAveraging: Decodable {
    var weights: [[Double]]
    var decay: Double
    var ema: [[Double]]
    var swa: [[Double]]
  }

  private func network<S: Scalar>(_: S.Type, width: Int = 1) throws -> Network<S> {
    try Network<S>(Sequential(inputShape: [4]) { Dense(width) }, seed: 1, context: .test(S.self))
  }

  private func position(_ examples: Int, perEpoch: Int = 10, total: Int = 100) -> TrainingPosition {
    TrainingPosition(examples: examples, examplesPerEpoch: perEpoch, totalExamples: total)
  }

  @Test func equalsPyTorch() throws {
    let torch = try Fixture.load("averaging", as: TorchAveraging.self)
    try check(torch, .ema(decay: torch.decay), torch.ema, Double.self, tolerance: 1e-14)
    try check(torch, .swa(from: .epochs(0)), torch.swa, Double.self, tolerance: 1e-14)
    try check(torch, .ema(decay: torch.decay), torch.ema, Float.self, tolerance: 1e-6)
    try check(torch, .swa(from: .epochs(0)), torch.swa, Float.self, tolerance: 1e-6)
  }

  private func check<S: Scalar>(
    _ torch: TorchAveraging, _ averaging: WeightAveraging, _ expected: [[Double]], _: S.Type, tolerance: Double
  ) throws {
    let network = try network(S.self)
    let averager = try WeightAverager(averaging, of: network, team: ThreadTeam(threads: 2))
    let weight = network.slots[0]
    let initial = network.values(of: weight)
    for (update, weights) in torch.weights.enumerated() {
      // Before the first there is what training began with.
      if update == 0 { #expect(averager.network.values(of: weight) == initial && averager.count == 0) }
      network.setValues(of: weight, weights.map { S($0) })
      averager.update(from: position(10 * update), to: position(10 * update + 10))
      #expect(averager.count == update + 1)
      #expect(largestError(averager.network.values(of: weight).map(Double.init), expected[update]) < tolerance)
      #expect(network.values(of: weight) == weights.map { S($0) }, "the weights themselves are left alone")
    }
  }

  /// Larger than what threads share out in one piece, with the closed form of both means for weights that count up.
  @Test func longVectorsAreAveragedWhole() throws {
    let network = try network(Float.self, width: 5_000)
    let ema = try WeightAverager(.ema(decay: 0.5), of: network, team: ThreadTeam(threads: 3))
    let swa = try WeightAverager(.swa(from: .epochs(0)), of: network, team: ThreadTeam(threads: 3))
    for update in 1...5 {
      for slot in network.slots { network.setValues(of: slot, [Float](repeating: Float(update), count: slot.count)) }
      for averager in [ema, swa] { averager.update(from: position(10 * update - 10), to: position(10 * update)) }
    }
    // 1/16 + 2/16 + 3/8 + 4/4 + 5/2.
    let expected = 0.0625 + 0.125 + 0.375 + 1 + 2.5
    for slot in network.slots {
      #expect(ema.network.values(of: slot).allSatisfy { $0 == Float(expected) })
      #expect(swa.network.values(of: slot).allSatisfy { $0 == 3 })
    }
  }

  /// The updates, of `batch` examples each, after which weights are averaged.
  private func moments(_ averaging: WeightAveraging, batch: Int, total: Int = 100) -> [Int] {
    stride(from: batch, through: total, by: batch).filter {
      averaging.includes(updateFrom: position($0 - batch, total: total), to: position($0, total: total))
    }
  }

  @Test func momentsAreCountedInExamples() throws {
    #expect(moments(.ema(decay: 0.9), batch: 20) == [20, 40, 60, 80, 100])
    // Ten epochs of ten examples: from the end of epoch 7 on.
    for batch in [1, 2, 5, 10] {
      #expect(moments(.swa(from: .epochs(7)), batch: batch) == [70, 80, 90, 100])
      #expect(moments(.swa(from: .percent(70)), batch: batch) == [70, 80, 90, 100])
    }
    #expect(moments(.swa(from: .percent(75), every: .percent(5)), batch: 1) == [75, 80, 85, 90, 95, 100])
    // A batch that passes two moments counts once, and one that does not end at a moment counts after it.
    #expect(moments(.swa(from: .epochs(5)), batch: 20) == [60, 80, 100])
    #expect(moments(.swa(from: .epochs(5), every: .epochs(2)), batch: 4) == [52, 72, 92])
  }

  @Test func goesOnFromWhatWasSaved() throws {
    let network = try network(Double.self)
    let team = try ThreadTeam(threads: 1)
    let whole = try WeightAverager(.swa(from: .epochs(0)), of: network, team: team)
    var resumed = try WeightAverager(.swa(from: .epochs(0)), of: network, team: team)
    for update in 0..<6 {
      network.setValues(of: network.slots[0], (0..<4).map { Double($0 * update) / 3 })
      let (start, end) = (position(10 * update), position(10 * update + 10))
      whole.update(from: start, to: end)
      resumed.update(from: start, to: end)
      let other = try WeightAverager(.swa(from: .epochs(0)), of: network, team: team)
      other.count = resumed.count
      for slot in network.slots { other.network.setValues(of: slot, resumed.network.values(of: slot)) }
      resumed = other
    }
    #expect(whole.network.values(of: network.slots[0]) == resumed.network.values(of: network.slots[0]))
  }

  @Test func theAverageIsEvaluatedLikeANetwork() throws {
    let splits = try DataSource.dots(examples: 600).load(validation: 100, seed: 5)
    let team = try ThreadTeam(threads: 2)
    let network = try Network<Float>(
      Sequential(inputShape: [2]) {
        Dense(16, .relu)
        Dense(2)
      }, seed: 1, context: .test(Float.self))
    let step = try TrainingStep(
      network, on: splits.train, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1, momentum: 0.9),
      capacity: 50, team: team)
    let averager = try WeightAverager(.ema(decay: 0.9), of: network, team: team)
    let evaluator = try Evaluator(averager.network, on: splits.validation, loss: .softmaxCrossEntropy, team: team)
    let before = evaluator.evaluate().mean
    for update in 0..<100 {
      (0..<50).map { Int32((update * 50 + $0) % splits.train.count) }.withUnsafeBufferPointer { indices in
        _ = step(indices)
        averager.update(
          from: position(update * 50, perEpoch: 500, total: 5000),
          to: position(update * 50 + 50, perEpoch: 500, total: 5000))
      }
    }
    #expect(evaluator.evaluate().mean < before / 2)
  }

  @Test func copiesShareTheLayoutAndNotTheMemory() throws {
    let network = try network(Float.self, width: 70)
    let copy = try Network(copying: network)
    #expect(copy.slots == network.slots && copy.parameters.baseAddress != network.parameters.baseAddress)
    #expect(copy.parameters.elements.elementsEqual(network.parameters.elements))
    copy.setValues(of: copy.slots[0], [Float](repeating: 1, count: copy.slots[0].count))
    #expect(network.values(of: network.slots[0]) != copy.values(of: copy.slots[0]))
    network.copyParameters(from: copy)
    #expect(network.parameters.elements.elementsEqual(copy.parameters.elements))
  }

  @Test func refusesSettingsThatMakeNoSense() throws {
    let network = try network(Float.self)
    #expect(throws: ModelError.mismatch("the decay of an average must be at least 0 and below 1, not 1")) {
      try WeightAverager(.ema(decay: 1), of: network, team: ThreadTeam(threads: 1))
    }
  }
}
