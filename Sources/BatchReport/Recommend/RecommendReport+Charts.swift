import BatchFoundation
import BatchScience

extension RecommendReport {
  private var batchAxis: Axis { Axis("batch size", scale: .log2) }

  /// Time to the goal by batch size, with its band and what was measured.
  var timeChart: Chart? {
    guard let decision = analysis.decision else { return nil }
    let answer = recommendation
    let curve = decision.candidates.map { candidate in
      Series.Point(
        x: Double(candidate.batch), y: candidate.seconds.value, interval: GoalText.interval(candidate.seconds),
        note: "best in \(NumberFormat.percent(candidate.probabilityOfBest, decimals: 0)) of all draws")
    }
    let measured = analysis.measurements.compactMap { run -> Series.Point? in
      guard let time = analysis.times?.median(at: run.batch) else { return nil }
      return Series.Point(
        x: Double(run.batch), y: run.steps * time,
        note: run.isLowerBound ? "takes longer than this" : "seed \(run.seed)", isHollow: run.isLowerBound)
    }.sorted { $0.x < $1.x }
    var series = [
      Series("foretold, with its 90 % band", style: .line, color: .category(0), isLabelled: true, points: curve),
      Series("trained", style: .dots, color: .neutral, isLabelled: true, points: measured),
    ]
    if let batch = answer.updateBatch, let seconds = answer.seconds {
      series.append(
        Series(
          "recommended", style: .dots, color: .category(1), isLabelled: true,
          points: [Series.Point(x: Double(batch), y: seconds.value, interval: GoalText.interval(seconds))]))
    }
    return Chart(
      question: "How long does it take to the goal at each batch size?",
      answer: answer.verdict == .answer
        ? "Least at batch \(answer.updateBatch ?? 0): \(answer.seconds.map(GoalText.duration) ?? "")."
        : "The evidence does not tell where it is least.",
      y: Axis("training time to the goal", scale: .log10, format: .seconds),
      panels: [Chart.Panel(x: batchAxis, series: series)], names: .above)
  }

  /// Updates to the goal by batch size.
  var stepsChart: Chart? {
    guard let decision = analysis.decision else { return nil }
    let curve = decision.candidates.map {
      Series.Point(x: Double($0.batch), y: $0.steps.value, interval: GoalText.interval($0.steps))
    }
    let runs = analysis.measurements.sorted { $0.batch < $1.batch }.map {
      Series.Point(
        x: Double($0.batch), y: $0.steps, note: $0.isLowerBound ? "takes more than this" : "seed \($0.seed)",
        isHollow: $0.isLowerBound)
    }
    return Chart(
      question: "How many updates does it take?",
      answer: recommendation.criticalBatch.map { "The critical batch is \(GoalText.number($0))." } ?? "",
      y: Axis("updates to the goal", scale: .log10),
      panels: [
        Chart.Panel(
          x: batchAxis,
          series: [
            Series(
              "foretold, with its 90 % band", style: .line, color: .category(0), isLabelled: true,
              points: curve),
            Series("trained", style: .dots, color: .neutral, isLabelled: true, points: runs),
          ])
      ], names: .above)
  }

  /// The time of a step by batch size.
  var stepTimeChart: Chart? {
    guard let times = results.chosenStepTimes else { return nil }
    let points = times.points.compactMap { point in
      (point.time ?? point.samples.estimate).map {
        Series.Point(x: Double(point.batch), y: $0.value, interval: $0.interval, isHollow: point.time == nil)
      }
    }
    guard let first = points.first, let last = points.last else { return nil }
    return Chart(
      question: "How long is a step?",
      answer: "\(NumberFormat.duration(first.y)) at batch \(NumberFormat.whole(first.x)), "
        + "\(NumberFormat.duration(last.y)) at batch \(NumberFormat.whole(last.x)).",
      y: Axis("time of a step", scale: .log10, format: .seconds),
      panels: [
        Chart.Panel(x: batchAxis, series: [Series("step", style: .dottedLine, color: .category(0), points: points)])
      ])
  }

  /// The noise scale through the pilot.
  var noiseChart: Chart? {
    let known = analysis.noiseScales.enumerated().compactMap { index, estimate -> Series.Point? in
      guard let value = estimate.value, value > 0 else { return nil }
      let interval = estimate.interval.map { min(value, max($0.lowerBound, value / 10))...max(value, $0.upperBound) }
      return Series.Point(
        x: Double(index + 1), y: value, interval: interval, note: NumberFormat.count(estimate.probes, "update"))
    }
    guard known.count > 1 else { return nil }
    return Chart(
      question: "How large is the noise scale in the course of the pilot?",
      answer: "Its median is \(NumberFormat.significant(recommendation.noiseScale ?? .nan, digits: 3)) examples.",
      y: Axis("noise scale in examples", scale: .log10),
      panels: [
        Chart.Panel(
          x: Axis("window"), series: [Series("noise scale", style: .dottedLine, color: .category(0), points: known)])
      ])
  }
}
