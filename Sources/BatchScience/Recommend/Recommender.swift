public import BatchAlgebra
public import BatchData
public import BatchTraining

/// Answers which batch size to train with on this machine, what it costs, and how sure that is.
///
/// ```swift
/// let plan = RecommendPlan(
///   data: "dots", splits: data, model: "mlp:64", loss: .softmaxCrossEntropy,
///   optimizer: try SGD(learningRate: 0.1, momentum: 0.9), target: .goal(try TrainingGoal(.accuracy, 0.95)))
/// let answer = try Recommender(plan, data: data, model: model).recommend(in: "answer", context: context)
/// ```
public struct Recommender {
  /// What is asked for, and how far the evidence goes.
  public let plan: RecommendPlan
  private let measurement: GoalMeasurement<RecommendPlan>
  private let data: DataSplits
  private let model: Sequential

  /// A plan with the data and the model that it names.
  public init(_ plan: RecommendPlan, data: DataSplits, model: Sequential) {
    self.plan = plan
    self.data = data
    self.model = model
    measurement = GoalMeasurement(plan: plan, data: data, model: model)
  }

  /// Gathers the evidence that is not yet in a folder, and answers.
  ///
  /// Stopped or killed at any moment it is resumed by the same call, and ends with the same answer but for its seconds. With
  /// another effort it goes on from the runs that are there.
  ///
  /// - Throws: ``StudyError`` when the folder holds something else or cannot be written, when the plan cannot be trained,
  ///   or the observer stops it.
  public func recommend(
    in folder: String, context: ComputeContext, _ observer: StudyObserver<RecommendPlan> = StudyObserver()
  ) throws(StudyError) -> Recommendation {
    try Study(measurement, folder: folder, context: context).run(observer)
    return RecommendationAnalysis(try StudyResults(folder: folder)).recommendation
  }

  /// Tests the answer that a folder holds, with so many seeds that it has not seen.
  ///
  /// - Throws: ``StudyError`` as ``recommend(in:context:_:)`` and where the recommendation is not finished, ``VerifyError``
  ///   where there is no answer.
  public func verify(
    _ folder: String, in other: String, seeds: Int, _ observer: StudyObserver<VerifyPlan> = StudyObserver()
  ) throws -> VerifyAnalysis {
    let results = try StudyResults<RecommendPlan>(folder: folder)
    try results.requireFinished(in: folder)
    guard Fingerprint.of(data) == results.plan.common.dataFingerprint else {
      throw StudyError.otherExamples(folder: folder)
    }
    let test = try VerifyPlan(results, seeds: seeds)
    try Study(
      GoalMeasurement(plan: test, data: data, model: model), folder: other, context: results.description.context
    ).run(observer)
    return VerifyAnalysis(try StudyResults(folder: other))
  }
}
