public import BatchAlgebra
public import BatchTraining

/// A finished training run of a study, whatever the study: the key by which runs are paired, and what was measured.
public struct TrainedRun: Sendable {
  /// The number of examples that an update averages.
  public let batchSize: Int
  /// The seed.
  public let seed: UInt64
  /// The evaluations, in the order of training; at least one.
  public let evaluations: [EvaluationRecord]
  /// How it ended.
  public let outcome: TrainedOutcome
  /// The predicted probabilities for the test part, [examples, outputs]; nil for a run that diverged.
  public let predictions: Matrix<Float>?

  /// A run with all of its parts; there is at least one evaluation.
  public init(
    batchSize: Int, seed: UInt64, evaluations: [EvaluationRecord], outcome: TrainedOutcome,
    predictions: Matrix<Float>? = nil
  ) {
    precondition(!evaluations.isEmpty, "a run is evaluated before its first update")
    self.batchSize = batchSize
    self.seed = seed
    self.evaluations = evaluations
    self.outcome = outcome
    self.predictions = predictions
  }

  /// The run of a study's trial.
  public init<Plan: TrainingStudyPlan>(_ result: TrialResult<Plan>) {
    self.init(
      batchSize: result.trial.batchSize, seed: result.trial.seed, evaluations: result.records, outcome: result.outcome,
      predictions: result.arrays[TrainingArrays.predictions])
  }

  /// The last evaluation.
  public var last: EvaluationRecord { evaluations[evaluations.count - 1] }

  /// The evaluations at the ends of epochs, the one before training left out.
  public var epochEnds: [EvaluationRecord] { evaluations.filter { $0.update > 0 && $0.endsEpoch } }
}

/// The names of the arrays that studies of training runs keep.
enum TrainingArrays {
  /// The predictions of a trial for the test part, [examples, outputs].
  static let predictions = "predictions"
  /// The targets of the test part, which all trials share: [examples, 1] class numbers, or [examples, outputs] values.
  static let testTargets = "test-targets"
}

extension TrainingStudyPlan {
  public func fault(in trial: TrialResult<Self>) -> TrialFault? {
    TrainingFaults(common: common).fault(
      in: trial.records, trial.outcome, trial.arrays[TrainingArrays.predictions])
  }

  public func fault(in results: StudyResults<Self>) -> SharedFault? {
    guard let targets = results.arrays[TrainingArrays.testTargets] else {
      return results.description.arrays.isEmpty && results.trials.allSatisfy { $0.arrays.isEmpty }
        ? nil : SharedFault(array: TrainingArrays.testTargets, "the study names no such array")
    }
    return TrainingFaults(common: common).fault(
      inTargets: targets, classifies: results.trials.contains { $0.outcome.testAccuracy != nil },
      outputs: Set(results.trials.compactMap { $0.arrays[TrainingArrays.predictions]?.columns }))
  }
}
