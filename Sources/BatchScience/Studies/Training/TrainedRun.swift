public import BatchAlgebra
public import BatchProfiling
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
  /// The seconds of training up to each evaluation, of updates times step times on a quiet machine; nil where the steps
  /// were not timed, or the machine did not get quiet.
  public let quietSeconds: [BootstrapEstimate]?
  /// What clock and system said of the run, evaluations and all; nil where they were not asked.
  public let elapsed: ElapsedTime?

  /// A run with all of its parts; there is at least one evaluation.
  public init(
    batchSize: Int, seed: UInt64, evaluations: [EvaluationRecord], outcome: TrainedOutcome,
    predictions: Matrix<Float>? = nil, stepTimes: StepTimeCurve? = nil, elapsed: ElapsedTime? = nil
  ) {
    precondition(!evaluations.isEmpty, "a run is evaluated before its first update")
    self.batchSize = batchSize
    self.seed = seed
    self.evaluations = evaluations
    self.outcome = outcome
    self.predictions = predictions
    quietSeconds = stepTimes?.seconds(of: evaluations, batchSize: batchSize)
    self.elapsed = elapsed
  }

  /// The run of a study's trial, with seconds by step times where there are some.
  public init<Plan: TrainingStudyPlan>(_ result: TrialResult<Plan>, stepTimes: StepTimeCurve? = nil) {
    self.init(
      batchSize: result.trial.batchSize, seed: result.trial.seed, evaluations: result.records, outcome: result.outcome,
      predictions: result.arrays[TrainingArrays.predictions], stepTimes: stepTimes, elapsed: result.elapsed)
  }

  /// How much of a budget the run had used at each evaluation; of seconds the quiet ones, where there are none elapsed
  /// ones.
  public func used(_ budget: TrainingBudget) -> [Double] { used(budget, seconds: \.value) }

  /// The same with seconds at an end of their interval.
  func used(_ budget: TrainingBudget, seconds: KeyPath<BootstrapEstimate, Double>) -> [Double] {
    switch budget {
    case .epochs: evaluations.map(\.epoch)
    case .updates: evaluations.map { Double($0.update) }
    case .seconds: quietSeconds?.map { $0[keyPath: seconds] } ?? evaluations.map(\.seconds)
    }
  }

  /// The last evaluation.
  public var last: EvaluationRecord { evaluations[evaluations.count - 1] }

  /// The evaluations at the ends of epochs, the one before training left out.
  public var epochEnds: [EvaluationRecord] { evaluations.filter { $0.update > 0 && $0.endsEpoch } }
}

extension StudyResults where Plan: TrainingStudyPlan {
  /// The finished runs, in the order of the plan, with seconds by the study's step times where there are some.
  public var runs: [TrainedRun] { trials.map { TrainedRun($0, stepTimes: curve) } }
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
