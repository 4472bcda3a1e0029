/// What a training run tells and asks while it goes on.
public struct TrainingObserver {
  /// Called after every update, and after its evaluation where it has one, with the number of updates so far and the
  /// mean loss.
  ///
  /// The run may be saved now. An error it throws ends the run and is passed on.
  public var onUpdate: (_ update: Int, _ loss: Double) throws -> Void
  /// Called after every evaluation; an error it throws ends the run and is passed on.
  public var onEvaluation: (EvaluationRecord) throws -> Void
  /// Asked after every update: true ends the run with ``TrainingOutcome/stopped``.
  public var shouldStop: () -> Bool
  /// Asked before the first update and after every one whether the run is evaluated there, from the number of updates so
  /// far and whether the last of them ended an epoch; those of ``EvaluationSchedule`` unless told otherwise.
  public var evaluates: (_ update: Int, _ endsEpoch: Bool) -> Bool
  /// Asked before every update for its learning rate, from what the plan's schedules make of the optimizer's; the answer
  /// holds for that update.
  public var learningRate: (_ position: TrainingPosition, _ scheduled: Double) -> Double

  /// An observer that does nothing but what it is given.
  public init(
    onUpdate: @escaping (_ update: Int, _ loss: Double) throws -> Void = { _, _ in },
    onEvaluation: @escaping (EvaluationRecord) throws -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false },
    evaluates: @escaping (_ update: Int, _ endsEpoch: Bool) -> Bool = {
      EvaluationSchedule.contains($0, endsEpoch: $1)
    },
    learningRate: @escaping (_ position: TrainingPosition, _ scheduled: Double) -> Double = { $1 }
  ) {
    self.onUpdate = onUpdate
    self.onEvaluation = onEvaluation
    self.shouldStop = shouldStop
    self.evaluates = evaluates
    self.learningRate = learningRate
  }
}

/// How a training run ended.
public enum TrainingOutcome: Sendable, Hashable {
  /// All epochs are done.
  case finished
  /// The validation has not become better for as long as the plan's early stopping waits.
  case stoppedEarly
  /// The loss became infinite or NaN.
  case diverged(Divergence)
  /// The observer asked for it.
  case stopped
}
