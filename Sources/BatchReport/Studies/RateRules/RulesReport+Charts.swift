import BatchScience
import BatchTraining

extension RulesReport {
  /// The test measure of every variant by batch size.
  var outcomeChart: Chart {
    let base = analysis.cell(.reference, analysis.baseBatch).flatMap { $0.summary.trials.isEmpty ? nil : $0 }
    let largest = analysis.batchSizes.last { size in
      analysis.variants.contains { !(analysis.cell($0, size)?.summary.trials.isEmpty ?? true) }
    }
    var answer = ""
    if let largest, let best = best(at: largest) {
      answer = best.sentence
      if best.variant != .reference, let plain = analysis.cell(.reference, largest), !plain.summary.trials.isEmpty {
        answer += "; the rate as it is gives \(interval(plain))"
      }
      answer += base.map { ", batch \(analysis.baseBatch) \(interval($0))." } ?? "."
    }
    return Chart(
      question: "What final \(text.measure.name("test")) does each rule reach at each batch size?",
      answer: ([answer] + divergences).joined(separator: " "), y: text.measure.axis("test"),
      panels: panels { variant in
        self.outcomes(variant).map { Series.Point(x: $0.x, y: $0.y, interval: $0.interval, note: $0.note) }
      }, names: .above)
  }

  /// The share recovered of what the rate as it is loses; nil where no loss is clear.
  var recoveredChart: Chart? {
    guard let size = analysis.lossyBatchSizes.last else { return nil }
    let limits = -1.0...2.0
    let shares = analysis.variants.compactMap { variant in
      analysis.cell(variant, size)?.recovered.flatMap { recovered in
        recovered.value.flatMap { share in
          recovered.interval.map { (name: text.name(variant), share: share, interval: $0, text: recovered.text) }
        }
      }
    }
    var answer = "At batch \(size) no share can be told."
    if let most = shares.max(by: { $0.share < $1.share }) {
      // A share whose interval reaches the most cannot be told from it.
      let rivals = shares.filter { $0.name != most.name && $0.interval.upperBound >= most.interval.lowerBound }
      let names = Sentence.list(rivals.map { "\($0.name) (\($0.text))" })
      let sure = shares.filter { $0.interval.lowerBound > 0 }.map { "\($0.name) (\($0.text))" }
      if most.interval.lowerBound > 0 {
        answer =
          "At batch \(size) the most comes back by \(most.name): \(most.text)"
          + (rivals.isEmpty ? "." : "; \(names) may be as good.")
      } else if sure.isEmpty {
        answer =
          "At batch \(size) no rule surely recovers anything; the largest share is that of \(most.name): \(most.text)."
      } else {
        answer =
          "At batch \(size) the largest share is that of \(most.name), \(most.text), which may be none; some comes back "
          + "for sure by \(Sentence.list(sure))."
      }
    }
    return Chart(
      question: "How much of the \(analysis.measure.rawValue) that the rate as it is loses does each rule recover?",
      answer: answer, y: Axis("share recovered", format: .percent, includesZero: true),
      panels: panels { variant in
        guard variant != .reference else { return [] }
        return self.analysis.cells(of: variant).compactMap { cell in
          guard let recovered = cell.recovered, let share = recovered.value, let interval = recovered.interval else {
            return nil
          }
          guard limits.contains(share) else { return nil }
          return Series.Point(
            x: Double(cell.batchSize), y: share, interval: interval.clamped(to: limits), note: recovered.text)
        }
      }, names: .above)
  }

  /// For each rule a chart with and without a warm-up, beside the rate as it is and the base batch.
  var ruleCharts: [Chart] {
    results.plan.rules.compactMap { rule in
      let own = analysis.variants.filter { $0.rule.description == rule.description && $0 != .reference }
      guard own.contains(where: { !outcomes($0).isEmpty }) || rule is NoScaling else { return nil }
      var series = [baseLine].compactMap { $0 }
      series += ([.reference] + own).map { variant in
        // The rule's colour on this page; a second one beside it for the same rule with a warm-up.
        let color = color(variant.rule) + (variant.warmsUp ? results.plan.rules.count : 0)
        return Series(
          text.name(variant), style: .dottedLine, color: .category(color), isLabelled: true, points: outcomes(variant))
      }
      let question =
        rule is NoScaling
        ? "What does a larger batch do to the \(text.measure.name("test")) when the rate stays as it is?"
        : "What does the rule \(rule) do to the \(text.measure.name("test")) of larger batches?"
      return Chart(
        question: question, answer: answer(rule, own), y: text.measure.axis("test"),
        panels: [Chart.Panel(x: Axis("batch size", scale: .log2), series: series)], names: .above)
    }
  }

  /// The seconds of training of a run by batch size.
  var timeChart: Chart {
    let quiet = analysis.summaries.filter(\.hasQuietSeconds)
    var answer = ""
    if let slow = quiet.max(by: { $0.seconds.value < $1.seconds.value }),
      let fast = quiet.min(by: { $0.seconds.value < $1.seconds.value }), slow.batchSize != fast.batchSize
    {
      answer =
        "From \(IntervalFormat.duration(fast.seconds.value, fast.seconds.interval)) at batch \(fast.batchSize) up to "
        + "\(IntervalFormat.duration(slow.seconds.value, slow.seconds.interval)) at batch \(slow.batchSize), by whatever "
        + "rule."
    }
    return seconds.chart(
      question: "How long does a training run of \(NumberFormat.count(results.plan.common.epochs, "epoch")) take?",
      answer: answer, y: Axis("time of a run", format: .seconds, includesZero: true), style: .dottedLine,
      color: .category(0), \.seconds
    ) { $0.last.seconds }
  }

  /// A panel for the variants without a warm-up and one for those with it; a rule has the same colour in both.
  private func panels(_ points: (RuleVariant) -> [Series.Point]) -> [Chart.Panel] {
    let parts = [false, true].map { warmsUp in analysis.variants.filter { $0.warmsUp == warmsUp } }
    let isSplit = parts.allSatisfy { !$0.isEmpty }
    return parts.enumerated().filter { !$0.element.isEmpty }.map { index, variants in
      Chart.Panel(
        title: isSplit ? (index == 0 ? "without a warm-up" : "with a warm-up") : "",
        x: Axis("batch size", scale: .log2),
        series: variants.compactMap { variant in
          let drawn = points(variant)
          guard !drawn.isEmpty else { return nil }
          return Series(
            RulesText.name(variant.rule), style: .dottedLine, color: .category(color(variant.rule)), isLabelled: true,
            points: drawn)
        })
    }
  }

  private func color(_ rule: any LearningRateRule) -> Int {
    results.plan.rules.firstIndex { $0.description == rule.description } ?? 0
  }

  private func outcomes(_ variant: RuleVariant) -> [Series.Point] {
    analysis.cells(of: variant).filter { !$0.summary.trials.isEmpty }.map { cell in
      let diverged = cell.summary.divergedCount
      return Series.Point(
        x: Double(cell.batchSize), y: cell.summary.test.mean,
        interval: text.measure.possible(cell.summary.test.interval),
        note: "rate \(NumberFormat.significant(cell.learningRate, digits: 3))"
          + (diverged > 0 ? ", \(diverged) of \(cell.trialCount) diverged" : ""))
    }
  }

  /// What the base batch reaches, across all batch sizes.
  private var baseLine: Series? {
    guard let base = analysis.cell(.reference, analysis.baseBatch), !base.summary.trials.isEmpty else { return nil }
    return Series(
      "batch \(analysis.baseBatch)", style: .line, color: .neutral, isLabelled: true,
      points: analysis.batchSizes.map { Series.Point(x: Double($0), y: base.summary.test.mean) })
  }

  private func answer(_ rule: any LearningRateRule, _ own: [RuleVariant]) -> String {
    let size = analysis.lossyBatchSizes.last ?? analysis.batchSizes.last ?? analysis.baseBatch
    var parts: [String] = []
    if rule is NoScaling, analysis.lossyBatchSizes.contains(size), let loss = analysis.losses[size] {
      parts.append("At batch \(size), \(text.difference(loss)) are lost against batch \(analysis.baseBatch)")
    }
    for variant in own {
      guard let recovered = analysis.cell(variant, size)?.recovered else { continue }
      switch recovered {
      case .share: parts.append("\(text.name(variant)) recovers \(recovered.text) of the loss at batch \(size)")
      case .diverged(let count):
        parts.append("with \(text.name(variant)), \(NumberFormat.count(count, "run")) diverged at batch \(size)")
      case .nothingToRecover, .tooFewSeeds: break
      }
    }
    // Without a clear loss: what there is to compare.
    if parts.isEmpty {
      parts = ((own + [.reference]).map { outcome($0, at: size) } + [baseOutcome(besides: size)]).compactMap { $0 }
    }
    return parts.isEmpty ? "" : (parts.joined(separator: "; ") + ".").capitalizedFirst
  }

  private func outcome(_ variant: RuleVariant, at size: Int) -> String? {
    guard let cell = analysis.cell(variant, size), !cell.summary.trials.isEmpty else { return nil }
    return "\(text.name(variant)) gives \(interval(cell)) at batch \(size)"
  }

  private func baseOutcome(besides size: Int) -> String? {
    guard size != analysis.baseBatch, let base = analysis.cell(.reference, analysis.baseBatch),
      !base.summary.trials.isEmpty
    else { return nil }
    return "batch \(analysis.baseBatch) gives \(interval(base))"
  }

  private func interval(_ cell: RulesAnalysis.Cell) -> String { text.measure.interval(cell.summary.test) }

  /// The best of the variants at a batch size, as far as the seeds can tell them apart; nil where none finished all runs.
  private func best(at size: Int) -> (variant: RuleVariant, sentence: String)? {
    let ranking = analysis.ranking(at: size)
    guard let best = ranking.best else { return nil }
    let (name, figure) = (text.name(best.name), text.measure.interval(best.sample))
    let place = "At batch \(size) "
    if ranking.entries.count == 1 { return (best.name, "\(place)\(name) reaches \(figure)") }
    let seeds = NumberFormat.count(best.sample.count, "seed")
    if best.sample.count < 2 {
      let word = analysis.measure.moreIsBetter ? "highest" : "lowest"
      let result = "the \(word) \(text.measure.name("test")), \(figure)"
      return (best.name, "\(place)\(name) has \(result), of one seed: it has no spread to rank by")
    }
    let alike = ranking.indistinguishableFromBest.map(\.name)
    if alike.count == ranking.entries.count {
      let names = Sentence.list(alike.map(text.name))
      return (
        best.name, "\(place)\(names) do not differ beyond the spread of \(seeds); the best mean has \(name), \(figure)"
      )
    }
    let rivals = alike.filter { $0 != best.name }.map(text.name)
    let doubt = rivals.isEmpty ? "" : ", from which these \(seeds) cannot tell \(Sentence.list(rivals))"
    return (best.name, "\(place)the best is \(name), \(figure)\(doubt)")
  }

  /// Where runs diverged, a sentence for each variant and batch size.
  var divergences: [String] {
    analysis.variants.flatMap { variant in
      analysis.cells(of: variant).filter { $0.summary.divergedCount > 0 }.map { cell in
        // At the base batch the runs are the reference's, and said to be so once.
        variant.sharesBase && cell.batchSize == analysis.baseBatch
          ? ""
          : "At batch \(cell.batchSize), \(cell.summary.divergedCount) of "
            + "\(NumberFormat.count(cell.trialCount, "run")) with \(text.name(variant)) diverged: their loss ceased "
            + "to be a number."
      }
    }.filter { !$0.isEmpty }
  }
}
