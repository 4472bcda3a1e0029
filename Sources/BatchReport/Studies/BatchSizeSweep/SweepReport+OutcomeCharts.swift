import BatchFoundation
import BatchScience

extension SweepReport {
  /// Test measure by batch size at the end of training.
  var outcomeChart: Chart {
    let ranking = analysis.testRanking
    var answer = ranking.best.map { "Batch \($0.name) reaches \(text.interval($0.sample))." } ?? ""
    if ranking.entries.count > 1, let worst = ranking.worst {
      answer = RankingText(text: text, part: "test").sentence(ranking)
      if !ranking.indistinguishableFromBest.contains(where: { $0.name == worst.name }), worst.sample.count > 1 {
        answer += " Batch \(worst.name) has the worst, \(text.interval(worst.sample))."
      }
    }
    return byBatchSize(
      question:
        "What does batch size do to the \(text.name("test")) after \(NumberFormat.count(results.plan.epochs, "epoch"))?",
      answer: answer, y: text.axis("test"), color: .category(0), \.test)
  }

  /// How much better the runs do on what they were trained on.
  var gapChart: Chart {
    let answer = extremes(\.generalisationGap).map { low, high in
      "The gap runs from \(gapText(low.generalisationGap)) at batch \(low.batchSize) to "
        + "\(gapText(high.generalisationGap)) at batch \(high.batchSize)."
    }
    return byBatchSize(
      question: "How much better is the \(text.measure.rawValue) on training than on validation examples?",
      answer: answer ?? "",
      y: Axis("generalisation gap", format: text.measure == .accuracy ? .percent : .number, includesZero: true),
      color: .category(1), \.generalisationGap)
  }

  /// How much the validation measure moves from epoch to epoch; nil when there are too few epochs to tell.
  var volatilityChart: Chart? {
    guard let (low, high) = extremes(\.volatility), !low.volatility.mean.isNaN else { return nil }
    let ratio = high.volatility.mean / low.volatility.mean
    return byBatchSize(
      question: "How much does the \(text.name("validation")) move from epoch to epoch in the last third of training?",
      answer: "It moves most at batch \(high.batchSize), by a standard deviation of \(gapText(high.volatility))"
        + (ratio.isFinite
          ? ", \(NumberFormat.significant(ratio, digits: 2)) times as much as at batch \(low.batchSize)." : "."),
      y: Axis(
        "standard deviation over epochs", format: text.measure == .accuracy ? .percent : .number, includesZero: true),
      color: .category(3), \.volatility)
  }

  /// The averaged predictions of the seeds beside the seeds themselves; nil below two seeds.
  var ensembleChart: Chart? {
    let ensembles = analysis.learners.compactMap { summary in
      analysis.ensembles[summary.batchSize].map { (summary, $0) }
    }
    guard let most = ensembles.max(by: { gain($0) < gain($1) }) else { return nil }
    let points = ensembles.map { Series.Point(x: Double($0.0.batchSize), y: $0.1) }
    var chart = byBatchSize(
      question:
        "What do the averaged predictions of the \(NumberFormat.count(results.plan.seeds.count, "seed")) bring?",
      answer: "Most at batch \(most.0.batchSize): \(text.value(most.1)) where a single network has "
        + "\(text.value(most.0.test.mean)).", y: text.axis("test"), color: .category(0), name: "one network", \.test)
    chart.panels[0].series.append(
      Series("all seeds together", style: .dottedLine, color: .category(1), isLabelled: true, points: points))
    return chart
  }

  private func gain(_ entry: (BatchSizeSummary, Double)) -> Double {
    let difference = entry.1 - entry.0.test.mean
    return text.measure.moreIsBetter ? difference : -difference
  }

  private func gapText(_ sample: Sample) -> String {
    text.measure == .accuracy
      ? "\(NumberFormat.fixed(sample.mean * 100, decimals: 2)) points"
      : NumberFormat.significant(sample.mean, digits: 3)
  }

  /// The batch sizes with the least and the greatest mean of a quantity.
  func extremes(_ quantity: KeyPath<BatchSizeSummary, Sample>) -> (BatchSizeSummary, BatchSizeSummary)? {
    let known = analysis.learners.filter { !$0[keyPath: quantity].mean.isNaN }
    guard let low = known.min(by: { $0[keyPath: quantity].mean < $1[keyPath: quantity].mean }),
      let high = known.max(by: { $0[keyPath: quantity].mean < $1[keyPath: quantity].mean })
    else { return nil }
    return (low, high)
  }

  /// A quantity by batch size: the seeds as pale dots, their mean with its 95 % interval.
  func byBatchSize(
    question: String, answer: String, y: Axis, color: SeriesColor, name: String = "mean over seeds",
    _ quantity: KeyPath<BatchSizeSummary, Sample>
  ) -> Chart {
    let samples = analysis.learners.map { (Double($0.batchSize), $0[keyPath: quantity]) }.filter { $0.1.count > 0 }
    let seeds = samples.flatMap { size, sample in sample.values.map { Series.Point(x: size, y: $0) } }
    let means = samples.map { size, sample in Series.Point(x: size, y: sample.mean, interval: sample.interval) }
    return Chart(
      question: question, answer: answer, y: y,
      panels: [
        Chart.Panel(
          x: Axis("batch size", scale: .log2),
          series: [
            Series("seeds", style: .faintDots, color: color, points: seeds),
            Series(name, style: .dottedLine, color: color, isLabelled: name != "mean over seeds", points: means),
          ])
      ])
  }
}
