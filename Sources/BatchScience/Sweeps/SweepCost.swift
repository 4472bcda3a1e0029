import BatchAlgebra
public import BatchData
public import BatchTraining

/// What the trials of a sweep will take, from a few measured steps at each batch size.
public struct SweepCost: Sendable {
  /// The cost of one batch size.
  public struct Entry: Sendable {
    /// The batch size.
    public let batchSize: Int
    /// The number of updates of one trial.
    public let updates: Int
    /// The median time of a step in seconds.
    public let secondsPerStep: Double

    /// The seconds of training of one trial; evaluation is not counted.
    public var secondsPerTrial: Double { Double(updates) * secondsPerStep }
  }

  /// The batch sizes, ascending.
  public let entries: [Entry]
  /// The seconds of training of the whole plan.
  public let seconds: Double

  /// Times steps at each batch size of the plan: for 50 ms, but at least 3 steps after 2 to warm up.
  ///
  /// - Throws: ``StudyError/training(_:)`` when the plan cannot be trained.
  public init(plan: SweepPlan, data: DataSplits, model: Sequential) throws(StudyError) {
    var entries: [Entry] = []
    do {
      let team = try ThreadTeam(threads: plan.threads)
      let network = try Network<Float>(model, seed: 0)
      for size in plan.batchSizes {
        var sampler = try BatchSampler(
          exampleCount: data.train.count, batchSize: size, lastBatch: plan.lastBatch, seed: 0)
        sampler.start(epoch: 0)
        let step = try TrainingStep(
          network, on: data.train, loss: plan.loss, optimizer: plan.optimizer, capacity: size, team: team)
        entries.append(
          Entry(
            batchSize: size, updates: sampler.batchesPerEpoch * plan.epochs,
            secondsPerStep: Self.time(step, sampler)))
      }
    } catch let error as ModelError {
      throw .training(.model(error))
    } catch let error as DataError {
      throw .training(.data(error))
    } catch {
      throw .training(.plan("\(error)"))
    }
    self.entries = entries
    seconds = entries.reduce(0) { $0 + $1.secondsPerTrial } * Double(plan.seeds.count)
  }

  private static func time(_ step: TrainingStep<Float>, _ sampler: BatchSampler) -> Double {
    let clock = ContinuousClock()
    var times: [Double] = []
    let begin = clock.now
    var batch = 0
    while batch < 5 || clock.now - begin < .milliseconds(50) {
      let elapsed = clock.measure { _ = sampler.withBatch(batch % sampler.batchesPerEpoch) { step($0) } }
      if batch >= 2 { times.append(elapsed / .seconds(1)) }
      batch += 1
    }
    return times.sorted()[times.count / 2]
  }
}
