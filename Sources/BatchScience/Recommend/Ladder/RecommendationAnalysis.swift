import BatchFoundation
public import BatchProfiling
import BatchTraining

/// What the evidence of a recommendation shows: the answer, and what it follows from.
public struct RecommendationAnalysis: Sendable {
  /// The answer.
  public let recommendation: Recommendation
  /// The decision that it follows from; nil where there is none.
  public let decision: BatchDecision?
  /// The step times; nil where no step was timed.
  public let times: StepTimeDraws?
  /// The measured updates to the goal.
  public let measurements: [StepsToGoal]
  /// The noise scale through the pilot.
  public let noiseScales: [NoiseScaleEstimate]

  /// Analyses what is there of a recommendation.
  public init(_ results: StudyResults<RecommendPlan>) {
    let ladder = EvidenceLadder(results.plan, results.trials, times: results.chosenStepTimes)
    times = ladder.times
    decision = ladder.decision
    measurements = ladder.measurements
    noiseScales = ladder.noiseScales
    recommendation = Self.recommendation(
      ladder, results, gotQuiet: results.chosenStepTimes?.isMostlyQuiet ?? false)
  }

  private static func recommendation(
    _ ladder: EvidenceLadder, _ results: StudyResults<RecommendPlan>, gotQuiet: Bool
  ) -> Recommendation {
    let spent = results.trials.reduce(results.chosenStepTimes?.seconds ?? 0) { $0 + ($1.elapsed?.wallSeconds ?? 0) }
    let sizes = Set(ladder.measurements.map(\.batch)).count
    let noise = ladder.noiseScaleEvidence
    let evidence: Recommendation.Evidence = sizes > 1 ? .tunedRuns : noise == nil ? .none : .noiseScale
    let isAdaptive = ladder.plan.common.recipe.optimizer is any AdaptiveOptimizer
    var answer = Recommendation(
      verdict: .notEnoughEvidence, goal: ladder.goal, rateIsTuned: false, triedRates: 0,
      rule: isAdaptive ? "sqrt" : "none",
      criticalBatch: evidence == .none ? nil : ladder.posterior?.criticalBatch, evidence: evidence,
      noiseScale: noise.map { $0.median / CriticalBatchEvidence.noiseScaleShare }, weakestLink: "",
      spentSeconds: spent, candidates: ladder.decision?.candidates ?? [], rivals: [])
    if !isAdaptive, let critical = answer.criticalBatch {
      answer.rule = "saturating:\(SettingNumber.plain(critical.value.rounded(.up)))"
    }
    guard let decision = ladder.decision else {
      let shortage = Shortage(ladder, results)
      (answer.shortage, answer.weakestLink) = (shortage.sentence, shortage.link)
      return answer
    }
    let chosen = ladder.answer(decision)
    let range = decision.within10Percent
    answer.expectedRegret = decision.expectedRegret
    answer.rivals =
      RivalCriteria(
        decision,
        RivalCriteria.Measured(
          largestThatFits: ladder.plan.largestAtOnce ?? ladder.plan.common.batchSizes.last,
          throughputKnee: knee(decision, ladder),
          noiseScale: answer.noiseScale, readout: readout(ladder))
      ).rivals
    // With one candidate there is nothing to choose, and no critical batch needs to be known for it.
    let isChoice = ladder.plan.common.batchSizes.count > 1
    answer.weakestLink = weakestLink(ladder, chosen, isChoice ? evidence : nil, gotQuiet: gotQuiet)
    answer.nextMeasurement = nextMeasurement(ladder, decision)
    guard evidence != .none || !isChoice else {
      answer.shortage =
        "nothing tells the critical batch: there are runs at one batch size alone, and their noise scale is not known; "
        + "allow more effort"
      return answer
    }
    guard decision.expectedRegret <= mostRegret else {
      answer.shortage =
        "whatever batch is chosen, the time is expected to be \(Int((100 * decision.expectedRegret).rounded())) % above the "
        + "least; allow more effort, or leave the machine alone while steps are timed"
      return answer
    }
    answer.verdict = .answer
    answer.updateBatch = chosen.batch
    answer.microBatch = min(chosen.batch, ladder.plan.common.microBatch ?? chosen.batch)
    answer.triedRates = ladder.tuned(chosen.batch).rates.count
    if let best = ladder.best(at: chosen.batch) {
      (answer.learningRate, answer.rateIsTuned) = (best.run.trial.learningRate, true)
    } else {
      answer.learningRate = RateSearch.readable(ladder.guess(chosen.batch))
    }
    (answer.seconds, answer.steps, answer.examples) = (chosen.seconds, chosen.steps, chosen.examples)
    answer.singleRunSteps = decision.singleRunSteps(at: chosen.batch)
    answer.within10Percent = Recommendation.BatchRange(
      low: min(range.lowerBound, chosen.batch), high: max(range.upperBound, chosen.batch))
    return answer
  }

  /// An answer that is expected to cost more than so much, as a share, is none.
  private static var mostRegret: Double { 0.5 }

  /// The smallest candidate with 90 % of the most examples a second.
  private static func knee(_ decision: BatchDecision, _ ladder: EvidenceLadder) -> Int? {
    let throughput = decision.candidates.map { Double($0.batch) / ladder.secondsPerStep($0.batch) }
    guard let most = throughput.max() else { return nil }
    return zip(decision.candidates, throughput).first { $1 >= 0.9 * most }?.0.batch
  }

  /// What the criteria that look at gradients say of the pilot's last window.
  private static func readout(_ ladder: EvidenceLadder) -> BatchReadout? {
    guard let last = ladder.noiseScales.last(where: \.isEnough), let pilot = ladder.best(at: ladder.pilotBatch),
      let loss = pilot.run.records.last?.trainingLoss
    else { return nil }
    return BatchReadout(
      noiseScale: last, batch: ladder.pilotBatch, learningRate: pilot.run.trial.learningRate, loss: loss)
  }

  /// What the answer rests on least firmly; the evidence of the critical batch is nil where it is not needed.
  private static func weakestLink(
    _ ladder: EvidenceLadder, _ chosen: BatchDecision.Candidate, _ evidence: Recommendation.Evidence?, gotQuiet: Bool
  ) -> String {
    if chosen.steps.value < 20 {
      return
        "the goal: it is reached within a few updates, which says little of batch sizes; a harder one would say more"
    }
    if !gotQuiet { return "the step times: the machine hardly got quiet while they were measured" }
    switch evidence {
    case .some(.none): return "the critical batch: there is no noise scale, and runs at one batch size alone"
    case .noiseScale:
      let doubts = ladder.noiseScaleEvidence?.doubts ?? []
      return "the critical batch: it is known from the noise scale alone, "
        + (doubts.isEmpty
          ? "from which it may be a factor of 3 away"
          : "which says little here (\(doubts.map(\.sentence).joined(separator: "; ")))")
    case .tunedRuns, nil: break
    }
    guard ladder.best(at: chosen.batch) != nil else {
      return "the updates at batch \(chosen.batch): no run had that size, they follow from the curve through others"
    }
    func seeds(_ batch: Int) -> Int { ladder.tuned(batch).best?.runs.count ?? 0 }
    let own = seeds(chosen.batch)
    let others = ladder.searchedSizes.filter { $0 != chosen.batch && ladder.best(at: $0) != nil }.map(seeds)
    guard max(own, others.max() ?? 0) > 1 else { return "the seeds: each batch size was trained with one alone" }
    guard let least = others.min() else {
      return "the seeds: batch \(chosen.batch) was trained with \(own)"
        + (evidence == nil ? "" : ", and no other size reached the goal")
    }
    return "the seeds: batch \(chosen.batch) was trained with \(own), other sizes with \(least)"
      + (others.max() == least ? "" : " or more")
  }

  /// The batch size whose measurement is worth most, where the answer could get better.
  private static func nextMeasurement(
    _ ladder: EvidenceLadder, _ decision: BatchDecision
  ) -> Recommendation.NextMeasurement? {
    guard let (batch, saved) = ladder.mostWorth(decision),
      let size = decision.candidates.first(where: { $0.batch == batch })
    else { return nil }
    // A tuned measurement is about three runs.
    return Recommendation.NextMeasurement(
      batch: size.batch, savedSeconds: saved, costSeconds: 3 * size.expectedSeconds)
  }
}

/// Why there is no answer, and what to do.
private struct Shortage {
  let sentence: String
  let link: String

  init(_ ladder: EvidenceLadder, _ results: StudyResults<RecommendPlan>) {
    let runs = results.trials.filter { $0.trial.role == .search }
    guard ladder.times != nil else {
      sentence =
        results.lostStepTimes.map { "\($0); gather the evidence again, with the runs that are there" }
        ?? "the steps could not be timed"
      link = "the step times"
      return
    }
    guard !runs.isEmpty else {
      (sentence, link) = (
        "the effort is too small for a single run; allow more of it", "there is no run to the goal"
      )
      return
    }
    let givenRate = ladder.plan.firstRate.map { "the learning rate of \(SettingNumber.plain($0)) that was given" }
    if runs.allSatisfy({ $0.outcome.end == .diverged }) {
      sentence =
        givenRate.map { "every run diverged, at \($0) and about it; leave the learning rate to the search" }
        ?? "every run diverged; try another optimizer, and see whether the data have numbers that are far too large"
      link = "no run came to an end"
      return
    }
    let updates = runs.map(\.outcome.updates).max() ?? 0
    if let givenRate, !runs.contains(where: Self.hasLearnt) {
      sentence =
        "next to nothing is learnt at \(givenRate), nor about it, within \(updates) updates; "
        + (ladder.plan.target.goal == nil ? "allow a larger budget, or " : "") + "leave the learning rate to the search"
      link = "the learning rate: no other than the one given was looked for"
      return
    }
    guard ladder.plan.target.goal != nil else {
      sentence = "the loss hardly falls within \(ladder.plan.target); allow a larger budget"
      link = "the pilot has learnt nothing"
      return
    }
    let advice = Self.advice(ladder, runs)
    let measure = ladder.plan.measure
    let bests = runs.compactMap(\.outcome.best)
    let best = measure == .accuracy ? bests.max() : bests.min()
    sentence =
      "no run reached \(ladder.plan.target) within \(updates) updates of \(ladder.pilotBatch) examples"
      + (best.map { "; the best had \(measure.rawValue) \(SettingNumber.plain(Self.rounded($0)))" } ?? "")
      + "; \(advice)"
    link = "no run has reached the goal"
  }

  /// What may help a run to the goal: more of what ended it.
  private static func advice(_ ladder: EvidenceLadder, _ runs: [TrialResult<RecommendPlan>]) -> String {
    let plan = ladder.plan
    let perEpoch = max(1, (plan.common.exampleCounts.first ?? 0) / ladder.pilotBatch)
    let longest = runs.map(\.trial.mostUpdates).max() ?? 0
    var ways = ["choose a goal that is nearer"]
    if longest / perEpoch >= plan.common.epochs {
      ways.append("allow more epochs")
    } else if plan.effort != .hours {
      ways.append("allow more effort")
    }
    if plan.firstRate != nil { ways.append("leave the learning rate to the search") }
    return ways.count < 3
      ? ways.joined(separator: ", or ") : ways.dropLast().joined(separator: ", ") + ", or \(ways[ways.count - 1])"
  }

  /// Whether a run ever had clearly less loss than it began with.
  private static func hasLearnt(_ run: TrialResult<RecommendPlan>) -> Bool {
    guard let first = run.records.first?.validationLoss else { return false }
    return run.records.contains { $0.validationLoss < learntShare * first }
  }

  /// Initial weights differ by less than the rest.
  private static var learntShare: Double { 0.95 }

  private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}

extension CriticalBatchEvidence.Doubt {
  /// The doubt in words.
  public var sentence: String {
    switch self {
    case .adaptiveOptimizer: "the optimizer divides steps by second moments"
    case .targetsEqualInputs: "the targets are the inputs"
    case .coupledLayers: "layers couple the examples of a batch"
    case .fewWindows: "most windows had too little signal for a number"
    }
  }
}
