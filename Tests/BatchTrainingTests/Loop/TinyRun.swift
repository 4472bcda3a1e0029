import BatchAlgebra
import BatchData
import BatchTraining

/// A training of a small network on 210 points in the plane: everything a trainer is made of, as one value.
struct TinyRun: Sendable {
  var optimizer: OptimizerSettings
  var batch = 10
  var microBatch: Int?
  var epochs = 3
  var lastBatch = BatchSampler.LastBatch.keep
  var seed: UInt64 = 1
  var schedule = "constant"
  var batchSchedule = "fixed"
  var regularisation = Regularisation.none
  var loss: any Loss = SoftmaxCrossEntropy()
  var dropout = 0.0
  var threads = 1

  init(_ optimizer: OptimizerSettings) { self.optimizer = optimizer }

  /// Stochastic gradient descent with momentum, and nothing else.
  static func plain(rate: Double = 0.1) throws -> TinyRun {
    TinyRun(OptimizerSettings(try SGD(learningRate: rate, momentum: 0.9)))
  }

  /// 210 examples to train on, 45 to choose by and 45 to test with.
  static let data = Result { try DataSource.dots(examples: 300).load(seed: 5) }

  /// The number of examples to train on.
  static let exampleCount = 210

  var model: Sequential {
    Sequential(inputShape: [2]) {
      Dense(9, .tanh)
      if dropout > 0 { Dropout(dropout) }
      Dense(2)
    }
  }

  func plan() throws -> TrainingPlan {
    TrainingPlan(
      batchSize: batch, microBatch: microBatch, epochs: epochs, lastBatch: lastBatch, seed: seed,
      schedule: try ScheduleCodec.read(schedule), batchSchedule: try BatchScheduleCodec.read(batchSchedule),
      regularisation: regularisation)
  }

  func trainer<S: Scalar>(_: S.Type = S.self, data: DataSplits? = nil) throws -> Trainer<S> {
    try Trainer(
      model: model, data: data ?? Self.data.get(), loss: loss, optimizer: optimizer.optimizer, plan: plan(),
      team: ThreadTeam(threads: threads), context: .test(S.self, threads: threads))
  }
}

/// What a test throws where it wants a run to be cut.
struct Killed: Error {}

extension Trainer {
  /// The parameters as they are now.
  var parameterValues: [S] { Array(step.network.parameters.elements) }
}
