import BatchScience

extension SweepReport {
  /// Learning curves against epochs, updates and seconds, side by side.
  var matchedChart: Chart {
    let learners = analysis.learners
    let floor = visibleFloor
    let panels = TrainingBudget.allCases.enumerated().map { index, budget in
      Chart.Panel(
        title: "by \(budget.rawValue)", x: Self.axis(budget),
        series: learners.enumerated().map { step, summary in
          Series(
            "\(summary.batchSize)", style: .line, color: .step(step, of: learners.count),
            isLabelled: index == TrainingBudget.allCases.count - 1,
            points: summary.curve(over: budget).compactMap { used, sample in
              guard floor.map({ sample.mean >= $0 }) ?? true, used > 0 else { return nil }
              return Series.Point(x: used, y: sample.mean)
            })
        })
    }
    return Chart(
      question:
        "Which batch size learns fastest, when the same epochs, the same updates or the same seconds are compared?",
      answer: answer, y: text.axis("validation"), panels: panels)
  }

  private var answer: String {
    let bests = TrainingBudget.allCases.compactMap { budget -> String? in
      guard let comparison = analysis.comparison(at: budget), let best = comparison.best else { return nil }
      return "\(best.batchSize) after \(comparison.amountText) (\(text.value(best.sample.mean)))"
    }
    return "Best is batch " + bests.joined(separator: ", ") + "."
  }

  /// What is learned in the first few updates would press the differences of interest together; it is left out.
  private var visibleFloor: Double? {
    guard text.measure == .accuracy else { return nil }
    return analysis.learners.flatMap(\.trials).map { text.measure.validation($0.last) }.max().map { $0 - 0.12 }
  }

  private static func axis(_ budget: TrainingBudget) -> Axis {
    switch budget {
    case .epochs: Axis("epochs", scale: .log10)
    case .updates: Axis("updates", scale: .log2)
    case .seconds: Axis("seconds of training", scale: .log10)
    }
  }
}
