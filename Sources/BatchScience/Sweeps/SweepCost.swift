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
    /// The seconds of training of one trial; evaluation is not counted.
    public let secondsPerTrial: Double

    /// The mean time of a step in seconds.
    public var secondsPerStep: Double { secondsPerTrial / Double(updates) }

    /// The cost of a trial with so many updates of each size, by the median time of a step of that size.
    init(batchSize: Int, updatesBySize: [Int: Int], secondsPerStep: (_ size: Int) -> Double) {
      self.batchSize = batchSize
      updates = updatesBySize.values.reduce(0, +)
      secondsPerTrial = updatesBySize.reduce(0) { $0 + Double($1.value) * secondsPerStep($1.key) }
    }
  }

  /// The batch sizes, ascending.
  public let entries: [Entry]
  /// The seconds of training of the whole plan.
  public let seconds: Double

  /// Times steps at each batch size of the plan, and where it grows at each that it comes to: for 50 ms, but at least 3
  /// steps after 2 to warm up.
  ///
  /// - Throws: ``StudyError/training(_:)`` when the plan cannot be trained.
  public init(plan: SweepPlan, data: DataSplits, model: Sequential) throws(StudyError) {
    var entries: [Entry] = []
    do {
      let team = try ThreadTeam(threads: plan.threads)
      for size in plan.batchSizes {
        let training = try plan.training(TrialID(batchSize: size, seed: 0))
        let trainer = try Trainer<Float>(
          model: model, data: data, loss: plan.loss, optimizer: training.optimizer, plan: training.plan, team: team)
        entries.append(
          Entry(batchSize: size, updatesBySize: trainer.plannedUpdatesBySize) { Self.time(trainer.step, batch: $0) })
      }
    } catch let error as TrainingError {
      throw .training(error)
    } catch {
      throw .training(.plan("\(error)"))
    }
    self.entries = entries
    seconds = entries.reduce(0) { $0 + $1.secondsPerTrial } * Double(plan.seeds.count)
  }

  private static func time(_ step: TrainingStep<Float>, batch size: Int) -> Double {
    let clock = ContinuousClock()
    let indices = Array(0..<Int32(size))
    var times: [Double] = []
    let begin = clock.now
    while times.count < 5 || clock.now - begin < .milliseconds(50) {
      times.append(clock.measure { _ = indices.withUnsafeBufferPointer { step($0) } } / .seconds(1))
    }
    // The first two find nothing in the caches.
    let warm = times.dropFirst(2).sorted()
    return warm[warm.count / 2]
  }
}
