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
