public import BatchAlgebra
public import BatchData
import BatchFormats
public import BatchFoundation
public import BatchTraining

/// A training run with all that goes on beside it: a folder, metrics, checkpoints, the best one, and a live view.
///
/// A run that was stopped or killed is resumed from its last checkpoint and ends with the bits of a run that was left
/// alone, where the compute context is the same: ``ResumePoint`` comes first, the trainer is made for its context, and
/// both go into
/// ``init(_:description:splits:optimizer:folder:settings:resuming:acceptingOtherContext:arguments:replaces:)``.
public final class TrainingRun {
  /// What is kept of a run, and how often.
  public struct Settings: Sendable, Hashable {
    /// When a checkpoint is saved.
    public var checkpoints: CheckpointSchedule
    /// How many of the last checkpoints are kept, beside the best.
    public var keptCheckpoints: Int
    /// What the best checkpoint is best by.
    public var bestMetric: EarlyStopping.Metric
    /// Whether TensorBoard's event files are written, too.
    public var writesTensorBoard: Bool

    /// Settings; the usual ones unless told otherwise.
    public init(
      checkpoints: CheckpointSchedule = CheckpointSchedule(), keptCheckpoints: Int = 2,
      bestMetric: EarlyStopping.Metric = .validationLoss, writesTensorBoard: Bool = false
    ) {
      self.checkpoints = checkpoints
      self.keptCheckpoints = keptCheckpoints
      self.bestMetric = bestMetric
      self.writesTensorBoard = writesTensorBoard
    }
  }

  /// What trains.
  public let trainer: Trainer<Float>
  /// The run's folder; nil where nothing is kept.
  public private(set) var folder: RunFolder?
  /// The evaluations at the ends of epochs, and the one before the first update.
  public private(set) var epochEnds: [EvaluationRecord] = []
  /// The evaluations that hold measurements of the run's quantities.
  public private(set) var observations: [EvaluationRecord] = []
  /// The number of updates that were made since the run was begun or resumed here.
  public private(set) var updates = 0

  private var settings: Settings
  private let metadata: [String: String]
  /// The number of updates after which the run is resumed; nil where it begins.
  private let resumedAfter: Int?
  /// Opened when there is something to write: a run that has ended already leaves no file.
  private var events: TensorBoardWriter?

  /// Begins a run, or resumes the one in the folder; with `replaces` also in place of one without a checkpoint.
  ///
  /// A run that is resumed with another compute context than its checkpoint's ends with other bits, and is refused
  /// unless that is accepted.
  ///
  /// - Throws: ``StudyError`` for the folder, `CheckpointError` for a checkpoint of another run.
  public init(
    _ trainer: Trainer<Float>, description: RunDescription, splits: DataSplits, optimizer: OptimizerSettings,
    folder path: String?, settings: Settings = Settings(), resuming point: ResumePoint? = nil,
    acceptingOtherContext: Bool = false, arguments: [String] = [], replaces: Bool = false
  ) throws {
    self.trainer = trainer
    self.settings = settings
    metadata =
      path == nil
      ? description.metadata
      : description.metadata.merging([Checkpoint.dataFingerprintKey: Fingerprint.of(splits)]) { $1 }
    guard let path else {
      resumedAfter = nil
      return
    }
    guard let point else {
      resumedAfter = nil
      folder = try RunFolder(
        beginning: path, run: description, splits: splits, plan: trainer.plan, optimizer: optimizer,
        arguments: arguments, keptCheckpoints: settings.keptCheckpoints, replaces: replaces)
      return
    }
    try trainer.restore(point.checkpoint, acceptingOtherContext: acceptingOtherContext)
    resumedAfter = trainer.progress.update
    try Self.requireEpochsLeft(trainer, path)
    let folder = try RunFolder(
      resuming: path, splits: splits, update: trainer.progress.update, keptCheckpoints: settings.keptCheckpoints)
    epochEnds = folder.records.filter(\.endsEpoch)
    observations = folder.records.filter { $0.measurements != nil }
    self.folder = folder
  }

  private static func requireEpochsLeft(_ trainer: Trainer<Float>, _ path: String) throws(StudyError) {
    let progress = trainer.progress
    let epochs = progress.place > 0 ? progress.epoch + 1 : progress.epoch
    guard epochs <= trainer.plan.epochs else { throw .epochsDone(folder: path, epochs: epochs) }
  }

  /// Whether all epochs are done, or early stopping has ended the run.
  public var isOver: Bool { trainer.progress.epoch >= trainer.plan.epochs || trainer.progress.best?.shouldStop == true }

  /// Trains to the end, or until the observer stops it, and saves what a run leaves that ends so: a last checkpoint
  /// where it was stopped, the weights where it was finished.
  ///
  /// - Throws: What the observer and the files throw.
  public func train(_ observer: TrainingObserver = TrainingObserver()) throws -> TrainingOutcome {
    let begin = ContinuousClock.now
    let start = trainer.progress.update
    let outcome = try trainer.run(
      TrainingObserver(
        onUpdate: { [self] update, loss in
          updates = update - start
          try observer.onUpdate(update, loss)
          // The last update is saved here, before the best weights may take the place of the last: a longer run goes on
          // from these.
          let elapsed = (ContinuousClock.now - begin) / .seconds(1)
          if settings.checkpoints.isDue(trainer.progress, seconds: elapsed) || isOver { try saveCheckpoint() }
        },
        onEvaluation: { [self] record in
          try keep(record)
          try observer.onEvaluation(record)
        },
        shouldStop: observer.shouldStop, learningRate: observer.learningRate))
    try finish(outcome)
    return outcome
  }

  private func keep(_ record: EvaluationRecord) throws {
    // Evaluations inside an epoch matter to studies and files; to a reader the ends of epochs are enough.
    if record.endsEpoch { epochEnds.append(record) }
    if record.measurements != nil { observations.append(record) }
    guard let path = folder?.path else { return }
    if settings.writesTensorBoard {
      let writer = try events ?? TensorBoardWriter(folder: path, resumingAfter: resumedAfter)
      events = writer
      try writer.write(record)
    }
    let isBest = folder?.records.allSatisfy { settings.bestMetric.isBetter(record, than: $0) } ?? false
    try folder?.append(record)
    if isBest, record.update > 0 { try folder?.checkpoints.saveBest(trainer, metadata: metadata) }
  }

  private func saveCheckpoint() throws {
    try folder?.flush()
    try folder?.checkpoints.saveLast(trainer, metadata: metadata)
  }

  private func finish(_ outcome: TrainingOutcome) throws {
    guard let folder else { return }
    switch outcome {
    case .diverged: break
    case .stopped: try saveCheckpoint()
    case .stoppedEarly, .finished: try trainer.network.writeWeights(to: folder.weightsPath, metadata: metadata)
    }
  }

  /// Which weights a run ends with.
  public enum Weights: String, Sendable, Hashable {
    /// Those of the last update.
    case last
    /// Those of the best evaluation.
    case best
    /// The mean of those on the way.
    case averaged
  }

  /// Which weights the run ends with.
  public var weights: Weights {
    if trainer.plan.regularisation.earlyStopping?.restoresBest == true { return .best }
    return trainer.network === trainer.step.network ? .last : .averaged
  }

  /// The path of the last checkpoint; nil where there is none.
  ///
  /// - Throws: `FileError` when the folder cannot be read.
  public func lastCheckpoint() throws(FileError) -> String? {
    guard let checkpoints = folder?.checkpoints else { return nil }
    return try checkpoints.updates().last.map { checkpoints.path(update: $0) }
  }
}

/// The checkpoint from which the run in a folder is resumed.
public struct ResumePoint: Sendable {
  /// The checkpoint.
  public let checkpoint: Checkpoint
  /// A later checkpoint that is damaged and was passed over.
  public let passedOver: String?

  /// The last checkpoint of the run in a folder, or with `skippingDamaged` the last that is whole; nil where there is
  /// none.
  ///
  /// - Throws: `CheckpointError` when it cannot be read, `FileError` when the folder cannot.
  public init?(in folder: String, skippingDamaged: Bool = false) throws {
    let checkpoints = RunFolder.checkpoints(in: folder, lastCount: 1)
    guard let last = try checkpoints.updates().last else { return nil }
    checkpoint = try checkpoints.last(skippingDamaged: skippingDamaged)
    let path = checkpoints.path(update: last)
    passedOver = checkpoint.path == path ? nil : path
  }
}
