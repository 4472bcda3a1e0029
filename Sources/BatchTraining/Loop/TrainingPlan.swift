public import BatchData
public import BatchFoundation

/// How long, in what portions and at what pace to train.
///
/// Schedules count examples, not updates: a change of the batch size changes none of their meanings. They may be a
/// user's own; two plans are the same where their settings are and their schedules have the same text.
public struct TrainingPlan: Sendable, Hashable, Codable {
  /// The number of examples that one update averages; the first size where it grows.
  public var batchSize: Int
  /// The most examples that go through the network at once, the last of an update's parts having what is left; nil for
  /// all of an update's.
  public var microBatch: Int?
  /// The number of passes over the training part.
  public var epochs: Int
  /// What becomes of the examples left over when the batch size does not divide the training part.
  public var lastBatch: BatchSampler.LastBatch
  /// The seed of initialisation, order and dropout.
  public var seed: UInt64
  /// How the learning rate changes on the way; the optimizer's own is the base.
  @Coded<ScheduleCodec> public var schedule: any LearningRateSchedule
  /// How the batch size changes on the way.
  @Coded<BatchScheduleCodec> public var batchSchedule: any BatchSchedule
  /// What keeps the network from learning its examples by heart, or training from breaking down.
  public var regularisation: Regularisation

  /// A plan; a constant rate, a fixed batch, a short last batch that is kept and no regularisation unless told
  /// otherwise.
  public init(
    batchSize: Int, microBatch: Int? = nil, epochs: Int, lastBatch: BatchSampler.LastBatch = .keep, seed: UInt64,
    schedule: any LearningRateSchedule = .constant, batchSchedule: any BatchSchedule = .fixed,
    regularisation: Regularisation = .none
  ) {
    self.batchSize = batchSize
    self.microBatch = microBatch
    self.epochs = epochs
    self.lastBatch = lastBatch
    self.seed = seed
    self.schedule = schedule
    self.batchSchedule = batchSchedule
    self.regularisation = regularisation
  }

  /// The most examples that a training shows: schedules compute with their number as a `Double`, which is exact up to
  /// here.
  private static var mostExamples: Int { 1 << 53 }

  /// The number of examples that an update at a position averages.
  public func batchSize(at position: TrainingPosition) -> Int {
    let size = batchSchedule.batchSize(at: position, from: batchSize)
    guard size >= 1 else { fatalError("\(batchSchedule) gives a batch of \(size) examples at \(position)") }
    return size
  }

  /// What the base learning rate is multiplied by for an update at a position.
  public func rateFactor(at position: TrainingPosition) -> Double {
    schedule.factor(at: position) * batchSchedule.rateFactor(at: position, from: batchSize)
  }

  /// Checks the plan for a training part of so many examples, before a schedule of it is shown or a run set up.
  ///
  /// That the model fits the data is for the ``Trainer`` to check.
  ///
  /// - Throws: ``TrainingError`` for settings that make no sense, more examples than can be counted, or batches that
  ///   the training part is too small for.
  public func check(exampleCount: Int) throws(TrainingError) {
    guard epochs > 0 else { throw .plan("training needs at least 1 epoch, not \(epochs)") }
    let (total, overflow) = epochs.multipliedReportingOverflow(by: exampleCount)
    guard !overflow, total <= Self.mostExamples else {
      throw .plan(
        "\(epochs) epochs of \(exampleCount) examples are more than can be counted; train for at most "
          + "\(Self.mostExamples / exampleCount) epochs")
    }
    if let unknown = schedule as? UnknownValue { throw .plan(unknown.refusal("schedule")) }
    if let unknown = batchSchedule as? UnknownValue { throw .plan(unknown.refusal("batch schedule")) }
    if let microBatch, microBatch < 1 { throw .plan("a micro-batch has at least 1 example, not \(microBatch)") }
    do {
      try regularisation.requireValid()
    } catch {
      throw .plan(error.description)
    }
    _ = try sampler(exampleCount: exampleCount)
  }

  /// The numbers of updates of a whole run on so many examples by their batch size, with which a short last batch counts.
  ///
  /// - Throws: ``TrainingError`` as ``check(exampleCount:)``.
  public func updatesBySize(exampleCount: Int) throws(TrainingError) -> [Int: Int] {
    try check(exampleCount: exampleCount)
    let sampler = try sampler(exampleCount: exampleCount)
    return TrainingClock(plan: self, exampleCount: exampleCount).updatesBySize { sampler.count(at: $0, size: $1) }
  }

  /// What draws the batches of a training part of so many examples, up to the largest of the plan.
  func sampler(exampleCount: Int) throws(TrainingError) -> BatchSampler {
    let largest = TrainingClock(plan: self, exampleCount: exampleCount).largestBatch
    do {
      return try BatchSampler(exampleCount: exampleCount, batchSize: largest, lastBatch: lastBatch, seed: seed)
    } catch {
      throw .data(error)
    }
  }
}
