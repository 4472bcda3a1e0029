import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Testing

/// A run that begins as a branch of another: with its plan to the bit the other, with a larger batch on the examples that
/// come next.
@Suite struct BranchedRunTests {
  private let data: DataSplits
  private let team: ThreadTeam

  init() throws {
    data = try DataSource.dots(examples: 300).load(seed: 1)
    team = try ThreadTeam(threads: 1)
  }

  private func trainer(
    _ optimizer: any Optimizer, batch: Int = 8, seed: UInt64 = 3, width: Int = 6,
    regularisation: Regularisation = .none
  ) throws -> Trainer<Float> {
    let model = Sequential(inputShape: [2]) {
      Dense(width, .tanh)
      Dropout(0.2)
      Dense(2)
    }
    let plan = TrainingPlan(
      batchSize: batch, epochs: 4, seed: seed, schedule: try ScheduleCodec.read("warm-up:1:1/8:cosine"),
      regularisation: regularisation)
    return try Trainer(
      model: model, data: data, loss: .softmaxCrossEntropy, optimizer: optimizer, plan: plan, team: team,
      context: .oneThread)
  }

  private func train(_ trainer: Trainer<Float>, to update: Int) throws {
    _ = try trainer.run(TrainingObserver(shouldStop: { trainer.progress.update >= update }))
  }

  static let optimizers = Result { () throws -> [any Optimizer] in
    [
      try SGD(learningRate: 0.1, momentum: 0.9), try Adam(learningRate: 0.02), try LAMB(learningRate: 0.02),
      try RMSProp(learningRate: 0.01, momentum: 0.5, centred: true),
    ]
  }

  /// Left in the middle of an epoch and at its end (210 examples are 27 updates), and trained beyond the next.
  @Test(arguments: 0..<4, [11, 27])
  func aBranchWithTheSamePlanIsTheRunToTheBit(_ optimizer: Int, _ update: Int) throws {
    let optimizer = try Self.optimizers.get()[optimizer]
    let averaging = try Regularisation(averaging: .ema(decay: 0.9))
    let pilot = try trainer(optimizer, regularisation: averaging)
    try train(pilot, to: update)
    let branch = try trainer(optimizer, regularisation: averaging)
    try branch.branch(from: pilot)
    let left = pilot.progress
    try train(branch, to: update + 30)
    // The pilot is untouched by it.
    #expect(pilot.progress == left)
    try train(pilot, to: update + 30)
    #expect(Array(branch.step.network.parameters.elements) == Array(pilot.step.network.parameters.elements))
    #expect(Array(branch.network.parameters.elements) == Array(pilot.network.parameters.elements))
    for name in optimizer.stateNames {
      #expect(Array(branch.step.stateVector(name)) == Array(pilot.step.stateVector(name)))
    }
    #expect(branch.progress.examples == pilot.progress.examples && branch.progress.place == pilot.progress.place)
    #expect(branch.step.updates == pilot.step.updates && branch.step.updates == update + 30)
  }

  /// One update of a branch against the mean gradient of the examples that come next in the pilot's order.
  @Test func aLargerBatchTakesTheExamplesThatComeNext() throws {
    let model = Sequential(inputShape: [2]) { Dense(2) }
    func trainer(batch: Int, rate: Double) throws -> Trainer<Float> {
      try Trainer(
        model: model, data: data, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: rate),
        plan: TrainingPlan(batchSize: batch, epochs: 2, seed: 5), team: team, context: .oneThread)
    }
    let pilot = try trainer(batch: 8, rate: 0.1)
    try train(pilot, to: 9)
    let branch = try trainer(batch: 32, rate: 0.4)
    try branch.branch(from: pilot)
    try train(branch, to: 10)
    #expect(branch.progress.examples == 72 + 32 && branch.progress.place == 104)

    var sampler = try BatchSampler(exampleCount: data.train.count, batchSize: 8, lastBatch: .keep, seed: 5)
    sampler.start(epoch: 0)
    let order = (9..<13).flatMap { index in sampler.withBatch(index) { Array($0) } }
    let network = try Network<Float>(copying: pilot.step.network)
    let step = try TrainingStep(
      network, on: data.train, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.4), capacity: 32, team: team)
    _ = order.withUnsafeBufferPointer { step($0) }
    for (a, b) in zip(network.parameters.elements, branch.step.network.parameters.elements) {
      #expect(abs(a - b) <= 1e-6)
    }
    #expect(Array(network.parameters.elements) != Array(pilot.step.network.parameters.elements))
  }

  /// What is left of an epoch may be less than a batch: the branch has a short one, as any run at the end of an epoch.
  @Test func aBranchCutsItsBatchAtTheEndOfTheEpoch() throws {
    let sgd = try SGD(learningRate: 0.1)
    let pilot = try trainer(sgd)
    try train(pilot, to: 24)
    let branch = try trainer(sgd, batch: 64)
    try branch.branch(from: pilot)
    try train(branch, to: 25)
    #expect(branch.progress.epoch == 1 && branch.progress.place == 0 && branch.progress.examples == 210)
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let sgd = try SGD(learningRate: 0.1, momentum: 0.9)
    let pilot = try trainer(sgd)
    try train(pilot, to: 3)
    func message(_ branch: Trainer<Float>) -> String? {
      #expect(throws: TrainingError.self) { try branch.branch(from: pilot) }?.description
    }
    #expect(message(try trainer(sgd, seed: 4)) == "a branch has the seed of the run it leaves")
    #expect(message(try trainer(sgd, width: 7)) == "a branch has the network of the run it leaves")
    #expect(
      message(try trainer(Adam(learningRate: 0.1))) == "a branch has the kind of optimizer of the run it leaves")
    let averaging = try Regularisation(averaging: .ema(decay: 0.9))
    #expect(
      message(try trainer(sgd, regularisation: averaging)) == "a branch has the regularisation of the run it leaves")
    #expect(message(pilot) == "a run becomes a branch of another before its first update")
  }
}
