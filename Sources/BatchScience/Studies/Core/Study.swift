public import BatchAlgebra
import BatchFoundation
import BatchProfiling

/// A study under way: measures the trials of a plan that its folder does not hold yet.
///
/// Killed at any moment, it loses at most the trial it is measuring; opened again, it is resumed with the compute
/// context that it was begun with and ends as a study that was left alone.
public struct Study<Measurement: StudyMeasurement> {
  /// The plan.
  public typealias Plan = Measurement.Plan

  /// The trials of the shard that are not finished, in the order of the plan; of an adaptive plan the one that is due.
  public let remaining: [Plan.Trial]
  /// The number of trials of the shard; of an adaptive plan that of those that are finished or due.
  public let trialCount: Int
  /// What the context that was asked for changes against the one that the study was begun with, and is resumed
  /// with; one phrase each, none for a study that begins.
  public let contextDifferences: [String]

  private let measurement: Measurement
  private let folder: StudyFolder<Plan>
  private let shard: StudyShard
  private let team: ThreadTeam

  /// The study's plan and circumstances, as they were when it was begun, but for the settings that it is resumed with.
  public var description: StudyDescription<Plan> { folder.description }

  /// What the study that is resumed was run with so far and what it goes on with, of settings that say which trials follow:
  /// one phrase each.
  public var settingDifferences: [String] { folder.changes }
  /// Why the trials of the folder cannot be followed to their end, where step times are lost; they are timed anew, and of
  /// the trials that follow then those count that are there.
  public let lostStepTimes: String?

  /// Opens the folder: makes it, or resumes a study of the same plan.
  ///
  /// - Throws: ``StudyError`` when the folder holds another study, is in use or cannot be written, when the plan cannot
  ///   be measured, or when the study was begun with instructions that this processor does not run.
  public init(
    _ measurement: Measurement, folder path: String, context: ComputeContext, shard: StudyShard = .whole,
    arguments: [String] = []
  ) throws(StudyError) {
    // Bad plans fail here, before anything is written.
    let plan = measurement.plan
    if let problem = plan.invalidity { throw .training(.plan(problem)) }
    guard !Plan.isAdaptive || shard == .whole else {
      throw .training(.plan("a trial of \(Plan.title) follows from those before it: it cannot be split into shards"))
    }
    let asked = try StudyError.team(context)
    try measurement.check(context, team: asked)
    folder = try StudyFolder(
      path: path, description: StudyDescription(plan: plan, context: context, arguments: arguments),
      arrays: try measurement.sharedArrays(), shard: shard)
    let recorded = folder.description.context
    contextDifferences = recorded.differences(from: context)
    team = recorded.threads == context.threads ? asked : try StudyError.team(recorded)
    self.measurement = measurement
    self.shard = shard
    if Plan.isAdaptive {
      let results = try StudyResults<Plan>(folders: [path], as: folder.description)
      remaining = [plan.trial(after: results)].compactMap { $0 }
      trialCount = results.trials.count + remaining.count
      lostStepTimes = results.lostStepTimes
      return
    }
    lostStepTimes = nil
    let part = shard.part(of: plan.trials)
    trialCount = part.count
    let folder = folder
    remaining = part.filter { !folder.isFinished($0) }
  }

  /// Measures the remaining trials, one after another, each on all threads; before them the time of their steps, unless
  /// the folder has it for this machine.
  ///
  /// - Throws: ``StudyError`` when a file cannot be written or the observer stops the study; finished trials are safe.
  public func run(_ observer: StudyObserver<Plan> = StudyObserver()) throws(StudyError) {
    let machine = MachineEnvironment.current(description.context)
    // Shards that begin together on one machine would disturb one another: one times steps, the others wait for it.
    if shard == .whole {
      try timeSteps(on: machine, observer)
    } else {
      try FolderLock.alone(in: folder.path, at: "." + StepTimesFile.name(of: machine)) { () throws(StudyError) in
        try timeSteps(on: machine, observer)
      }
    }
    guard Plan.isAdaptive else {
      for trial in remaining { try run(trial, named: trial.key, observer) }
      return
    }
    if !folder.changes.isEmpty { try StudyFolder.write(description, in: folder.path) }
    var there = try StudyResults<Plan>(folder: folder.path).following(in: [folder.path])
    while true {
      if try timeStepsAgain(after: there.results, on: machine, observer) {
        there = try StudyResults<Plan>(folder: folder.path).following(in: [folder.path])
      }
      guard let trial = there.next else { break }
      let name = TrialFile.freeName(for: trial, of: description, in: folder.path)
      try run(trial, named: name, observer)
      let result = try TrialFile.read(trial, named: name, of: description, in: folder.path)
      there = try there.results.with(there.results.trials + [result]).following(in: [folder.path])
    }
  }

  private func run(
    _ trial: Plan.Trial, named name: String, _ observer: StudyObserver<Plan>
  ) throws(StudyError) {
    let recorder = try TrialRecorder(
      trial, named: name, of: description, in: folder.path, team: team, observer: observer)
    observer.onStart(trial)
    let outcome = try measurement.measure(trial, recorder)
    try recorder.finish(outcome)
    observer.onFinish(trial, outcome)
  }

  private func timeSteps(on machine: MachineEnvironment, _ observer: StudyObserver<Plan>) throws(StudyError) {
    let there = StepTimesFile.read(in: folder.path, study: description.fingerprint).times
    let own = there.first { $0.environment.differences(from: machine).isEmpty }
    // Where nothing is left to measure, any machine's will do; where this one did not get quiet, a study that is resumed
    // tries once more. Shards would, each of them: for them it has been tried. Trials that follow from step times keep
    // those that they have followed from, but for sizes that other settings left untimed.
    let timed = Set(own?.points.map(\.batch) ?? [])
    let lacksSizes = own != nil && !folder.changes.isEmpty && !timed.isSuperset(of: description.plan.timedSizes)
    let isKnown =
      remaining.isEmpty || (Plan.isAdaptive && trialCount > remaining.count)
      ? !there.isEmpty : own.map { $0.gotQuiet || shard != .whole } ?? false
    guard trialCount > 0, !isKnown || lacksSizes else { return }
    guard var times = try measuredStepTimes(on: machine, observer) else { return }
    if lacksSizes, let own {
      // What was not timed in the same cycle must not seem to have been.
      let cycles = 1 + (own.points.flatMap(\.samples.cycles).max() ?? 0)
      for index in times.points.indices {
        times.points[index].samples.cycles = times.points[index].samples.cycles.map { $0 + cycles }
      }
      let points = own.points + times.points.filter { !timed.contains($0.batch) }
      times.points = points.sorted { $0.batch < $1.batch }
      (times.seconds, times.isSecond) = (times.seconds + own.seconds, own.isSecond)
    }
    guard times.quietSizes.count >= own?.quietSizes.count ?? 0 else { return }
    try StepTimesFile.write(times, in: folder.path)
  }

  /// Times steps a second time where runs have shown that those of this machine were timed in a slow spell; whether it did.
  ///
  /// The faster of both count, if they are of as many sizes: nothing makes all sizes faster than they are.
  private func timeStepsAgain(
    after results: StudyResults<Plan>, on machine: MachineEnvironment, _ observer: StudyObserver<Plan>
  ) throws(StudyError) -> Bool {
    guard var kept = results.chosenStepTimes, kept.isSecond != true,
      kept.environment.differences(from: machine).isEmpty,
      kept.isRefuted(
        by: results.plan.fastestSteps(
          in: results.trials.filter { $0.start.environment.differences(from: machine).isEmpty })),
      let times = try measuredStepTimes(on: machine, observer)
    else { return false }
    let seconds = kept.seconds + times.seconds
    if let ratio = times.ratio(to: kept), ratio < 1, times.quietSizes.count >= kept.quietSizes.count,
      times.points.count >= kept.points.count
    {
      kept = times
    }
    (kept.seconds, kept.isSecond) = (seconds, true)
    try StepTimesFile.write(kept, in: folder.path)
    return true
  }

  private func measuredStepTimes(
    on machine: MachineEnvironment, _ observer: StudyObserver<Plan>
  ) throws(StudyError) -> StepTimes? {
    let start = ElapsedTime.now()
    let points = try measurement.stepTimes(
      description.context, team: team,
      ProfileObserver(onProgress: { observer.onTiming($1) }, shouldStop: observer.shouldStop))
    guard let points, !points.isEmpty else { return nil }
    return StepTimes(
      study: description.fingerprint, environment: machine, points: points,
      seconds: ElapsedTime.now().since(start).wallSeconds)
  }
}

/// What a running study tells and asks.
public struct StudyObserver<Plan: StudyPlan> {
  /// Called while the steps of the study are timed by themselves, before its trials: how much of that is done.
  public var onTiming: (_ share: Double) -> Void
  /// Called before a trial is measured.
  public var onStart: (_ trial: Plan.Trial) -> Void
  /// Called often while it is measured: how much of it is done, from 0 to 1, and how it goes by some number.
  public var onProgress: (_ trial: Plan.Trial, _ share: Double, _ figure: (name: String, value: Double)?) -> Void
  /// Called when a trial is safe on the disk.
  public var onFinish: (_ trial: Plan.Trial, _ outcome: Plan.Outcome) -> Void
  /// Asked as often: true ends the study with ``StudyError/interrupted``.
  public var shouldStop: () -> Bool

  /// An observer that does nothing but what it is given.
  public init(
    onTiming: @escaping (_ share: Double) -> Void = { _ in },
    onStart: @escaping (_ trial: Plan.Trial) -> Void = { _ in },
    onProgress: @escaping (_ trial: Plan.Trial, _ share: Double, _ figure: (name: String, value: Double)?) -> Void = {
      _, _, _ in
    },
    onFinish: @escaping (_ trial: Plan.Trial, _ outcome: Plan.Outcome) -> Void = { _, _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.onTiming = onTiming
    self.onStart = onStart
    self.onProgress = onProgress
    self.onFinish = onFinish
    self.shouldStop = shouldStop
  }
}
