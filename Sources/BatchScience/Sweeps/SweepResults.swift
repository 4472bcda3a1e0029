public import BatchAlgebra
import BatchFoundation

/// All finished trials of a sweep.
public struct SweepResults: Sendable {
  /// The study's plan and circumstances.
  public let description: SweepDescription
  /// The finished trials, in the order of the plan.
  public let trials: [TrialResult]
  /// The targets of the test part: [examples, 1] class numbers, or [examples, outputs] values.
  public let testTargets: Matrix<Float>

  /// The plan.
  public var plan: SweepPlan { description.plan }

  /// Reads what is there of a study; trials that are missing are left out.
  ///
  /// - Throws: ``StudyError`` when the folder holds no study or a file is damaged.
  public init(folder: String) throws(StudyError) {
    description = try StudyFolder.description(in: folder)
    var trials: [TrialResult] = []
    for trial in description.plan.trials where DurableFile.exists(StudyFolder.eventsPath(folder, trial)) {
      trials.append(try TrialResult.read(trial, in: folder))
    }
    self.trials = trials
    testTargets = try StudyFolder.readMatrix(StudyFolder.testTargetsPath(folder))
  }

  /// The finished trials of a batch size, diverged ones included.
  public func trials(batchSize: Int) -> [TrialResult] { trials.filter { $0.trial.batchSize == batchSize } }
}
