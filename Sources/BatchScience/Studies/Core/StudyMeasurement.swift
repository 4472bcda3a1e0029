public import BatchAlgebra
public import BatchProfiling

/// How the trials of a plan are measured: the plan together with the values that it names, as data and a model.
public protocol StudyMeasurement<Plan> {
  /// The plan.
  associatedtype Plan: StudyPlan
  /// The plan.
  var plan: Plan { get }

  /// Refuses a plan that cannot be measured in this context, before anything is written.
  ///
  /// - Throws: ``StudyError`` with the reason.
  func check(_ context: ComputeContext, team: ThreadTeam) throws(StudyError)

  /// The arrays that an analysis needs and all trials share, by name; they are kept once, beside the plan.
  ///
  /// - Throws: ``StudyError`` when they cannot be made.
  func sharedArrays() throws(StudyError) -> [String: Matrix<Float>]

  /// Measures a trial; what it does on the way goes to the recorder.
  ///
  /// The same trial in the same context gives the same numbers, seconds apart.
  ///
  /// - Throws: ``StudyError``; what the recorder throws is passed on.
  func measure(_ trial: Plan.Trial, _ recorder: TrialRecorder<Plan>) throws(StudyError) -> Plan.Outcome

  /// Times the steps of each batch size of the whole plan by themselves, all sizes in turn, for a small part of the time
  /// that the study will take.
  ///
  /// Nil where that cannot be, and for a study whose trials have no steps. No number of any trial may depend on it.
  ///
  /// - Throws: ``StudyError/interrupted`` where the observer asks it to stop.
  func stepTimes(
    _ context: ComputeContext, team: ThreadTeam, _ observer: ProfileObserver
  ) throws(StudyError) -> [StepTimes.Point]?

  /// What the trials of the whole plan will take, from a few measured steps.
  ///
  /// - Throws: ``StudyError`` when the plan cannot be measured.
  func cost(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) -> StudyCost
}

extension StudyMeasurement {
  public func check(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) {}
  public func sharedArrays() throws(StudyError) -> [String: Matrix<Float>] { [:] }
  public func stepTimes(
    _ context: ComputeContext, team: ThreadTeam, _ observer: ProfileObserver
  ) throws(StudyError) -> [StepTimes.Point]? { nil }

  /// What the trials of the whole plan will take in a context.
  ///
  /// - Throws: ``StudyError`` when the plan cannot be measured.
  public func cost(_ context: ComputeContext) throws(StudyError) -> StudyCost {
    if let problem = plan.invalidity { throw .training(.plan(problem)) }
    let team = try StudyError.team(context)
    try check(context, team: team)
    return try cost(context, team: team)
  }
}
