import BatchProfiling
import BatchScience

/// What a profile of training steps found, a sentence each.
struct StepFindings {
  private let report: StepReport

  init(_ report: StepReport) { self.report = report }

  var sentences: [String] {
    let profile = report.profile
    let calm = CalmFindings(
      points: profile.points.map { ("batch \($0.batch)", $0.samples) }, cycles: profile.cycles,
      wasStopped: profile.wasStopped)
    return impossible + model + engines + [memory] + calm.sentences
  }

  /// What no machine can do is said first.
  private var impossible: [String] {
    let points = report.profile.points.filter(\.isBeyondPeak)
    guard !points.isEmpty else { return [] }
    let shares = points.map {
      "\(NumberFormat.percent($0.ratioToPeak ?? 0, decimals: 0)) at \(NumberFormat.grouped($0.batch))"
    }
    return [
      "The measurement is at fault: steps computed faster than the FMA peak allows, \(Sentence.list(shares)). Do not use "
        + "their times; profile again."
    ]
  }

  private var model: [String] {
    switch report.analysis {
    case .success(let analysis):
      [
        line(analysis.model), asymptote(analysis.model), analysis.knee.map(knee),
        analysis.linearity.map(linearity),
      ].compactMap { $0 } + avoided(analysis.advice) + [free(analysis.advice)].compactMap { $0 }
    case .failure(let error):
      report.profile.points.allSatisfy(\.samples.gotQuiet)
        ? ["No line was fitted to the times: \(error)."]
        : ["No line was fitted to the times: of \(report.profile.points.count) batch sizes too few got quiet."]
    }
  }

  /// OpenBLAS's part in the products: one sentence where it is the same at all batches.
  private var engines: [String] {
    let shares = report.profile.points.compactMap { point in point.openBLAS.map { (point.batch, $0) } }
    guard let first = shares.first?.1 else { return [] }
    func percent(_ share: OpenBLASShare) -> String { NumberFormat.percent(share.share, decimals: 0) }
    let reasons = shares.last.map { $0.1.reasons.joined(separator: "; ") } ?? ""
    if shares.allSatisfy({ percent($0.1) == percent(first) }) {
      return [
        "OpenBLAS computes \(percent(first)) of a step's multiply-adds at every batch. At batch "
          + "\(NumberFormat.grouped(shares[shares.count - 1].0)): \(reasons)."
      ]
    }
    let byBatch = shares.map { "\(percent($0.1)) at \(NumberFormat.grouped($0.0))" }.joined(separator: ", ")
    return [
      "OpenBLAS computes of a step's multiply-adds, by batch: \(byBatch). At batch "
        + "\(NumberFormat.grouped(shares[shares.count - 1].0)): \(reasons)."
    ]
  }

  /// The line of the last segment, which holds for large batches.
  private func line(_ model: StepTimeModel) -> String {
    let last = model.segments[model.segments.count - 1]
    let unit = DurationUnit.microseconds
    let range =
      "Between batch \(NumberFormat.grouped(last.batches.lowerBound)) and "
      + "\(NumberFormat.grouped(last.batches.upperBound))"
    return "\(range) a step takes T(B) = α + βB with α = \(unit.text(last.alpha.value, last.alpha.interval)) and β = "
      + "\(unit.text(last.beta.value, last.beta.interval))"
      + (model.segments.count > 1 ? ", the last of \(model.segments.count) segments." : ".")
  }

  private func asymptote(_ model: StepTimeModel) -> String? {
    guard let throughput = model.asymptoticThroughput else {
      return "No bound of the throughput was found: it still grows with the largest batch."
    }
    let half = model.halfThroughputBatch.map {
      "; batch \(IntervalFormat.number($0.value, $0.interval)) has half of it"
    }
    return "Ever larger batches approach \(IntervalFormat.number(throughput.value, throughput.interval)) examples/s"
      + (half ?? "") + "."
  }

  private func knee(_ knee: ThroughputKnee) -> String {
    func text(_ batch: Int?) -> String { batch.map(NumberFormat.grouped) ?? "beyond" }
    let share = NumberFormat.percent(knee.share, decimals: 0)
    guard let batch = knee.batch else {
      return "No measured batch has \(share) of that; measure larger ones."
    }
    return
      "Batch \(text(batch)) [\(text(knee.earliest)), \(text(knee.latest))] is the smallest measured with \(share) of "
      + "that."
  }

  private func linearity(_ test: LinearityTest) -> String {
    let worst = test.predictions.max { abs($0.relativeError) < abs($1.relativeError) }
    let batch = worst.map { " (batch \(NumberFormat.grouped($0.batch)))" } ?? ""
    return "The line \(test.verdict): held-back batch sizes are foretold with errors of "
      + "\(NumberFormat.percent(test.medianError)) in the median and \(NumberFormat.percent(test.worstError)) at "
      + "worst\(batch); the intervals of prediction and measurement overlap "
      + "for \(test.predictions.count(where: \.intervalsOverlap)) of \(test.predictions.count)."
  }

  /// One sentence a stretch of neighbours.
  private func avoided(_ advice: [BatchAdvice]) -> [String] {
    var stretches: [[BatchAdvice]] = []
    for (index, entry) in advice.enumerated() where entry.isToAvoid {
      if index > 0, advice[index - 1].isToAvoid, !stretches.isEmpty {
        stretches[stretches.count - 1].append(entry)
      } else {
        stretches.append([entry])
      }
    }
    return stretches.compactMap { stretch in
      let worst = stretch.min { ($0.relativeToEarlierBest?.value ?? 1) < ($1.relativeToEarlierBest?.value ?? 1) }
      guard let worst, let relative = worst.relativeToEarlierBest, let best = worst.earlierBest,
        let last = stretch.last
      else { return nil }
      let share = IntervalFormat.percent(relative.value, relative.interval)
      let start =
        stretch.count == 1
        ? "Avoid batch \(worst.batch): it has \(share) of the throughput of batch \(best)"
        : "Avoid batches \(stretch[0].batch) to \(last.batch): \(worst.batch) has \(share) of the throughput of batch "
          + "\(best)"
      return start + (worst.nextBetter.map { "; take \($0) instead" } ?? "") + "."
    }
  }

  private func free(_ advice: [BatchAdvice]) -> String? {
    let texts = advice.filter { !$0.isToAvoid }.compactMap { advice in
      advice.nextBetter.map { "\(advice.batch) → \($0)" }
    }
    return texts.isEmpty ? nil : "Free within 2 % of the time: \(texts.joined(separator: ", "))."
  }

  private var memory: String {
    let limit = NumberFormat.bytes(Double(report.profile.plan.memory))
    return report.profile.largestBatch.map {
      "The largest batch whose training fits \(limit) is \(NumberFormat.grouped($0))."
    } ?? "Training does not fit \(limit), not even with one example a step."
  }
}
