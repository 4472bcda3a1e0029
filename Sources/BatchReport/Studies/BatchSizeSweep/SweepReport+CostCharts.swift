import BatchScience

extension SweepReport {
  /// The time of an epoch by batch size.
  var epochTimeChart: Chart {
    let points = analysis.learners.map { summary in
      Series.Point(
        x: Double(summary.batchSize), y: summary.secondsPerEpoch.mean, interval: summary.secondsPerEpoch.interval)
    }
    let answer = extremes(\.secondsPerEpoch).map { fast, slow in
      fast.batchSize == slow.batchSize
        ? "An epoch takes \(NumberFormat.duration(fast.secondsPerEpoch.mean))."
        : "From \(NumberFormat.duration(fast.secondsPerEpoch.mean)) at batch \(fast.batchSize) to "
          + "\(NumberFormat.duration(slow.secondsPerEpoch.mean)) at batch \(slow.batchSize)."
    }
    return Chart(
      question: "How long does an epoch of \(NumberFormat.grouped(results.plan.exampleCounts[0])) examples take?",
      answer: answer ?? "", y: Axis("time per epoch", format: .seconds, includesZero: true),
      panels: [
        Chart.Panel(
          x: Axis("batch size", scale: .log2),
          series: [Series("time per epoch", style: .columns, color: .category(0), points: points)])
      ])
  }

  /// The training examples a second by batch size.
  var throughputChart: Chart {
    let answer = extremes(\.examplesPerSecond).map { low, high in
      let knee = analysis.learners.first { $0.examplesPerSecond.mean >= 0.9 * high.examplesPerSecond.mean } ?? high
      return "At most \(NumberFormat.significant(high.examplesPerSecond.mean, digits: 3)) examples/s, at batch "
        + "\(high.batchSize); batch \(knee.batchSize) is the smallest with 90 % of it."
    }
    return byBatchSize(
      question: "How many training examples a second does this machine take?", answer: answer ?? "",
      y: Axis("examples/s", includesZero: true), color: .category(2), \.examplesPerSecond)
  }

  /// The distance of the weights from where they started.
  var distanceChart: Chart {
    let answer = extremes(\.distance).map { near, far in
      "From \(NumberFormat.significant(near.distance.mean, digits: 3)) at batch \(near.batchSize) to "
        + "\(NumberFormat.significant(far.distance.mean, digits: 3)) at batch \(far.batchSize), after the same epochs."
    }
    return byBatchSize(
      question: "How far do the weights travel from where they started?", answer: answer ?? "",
      y: Axis("distance from the initial weights", includesZero: true), color: .category(4), \.distance)
  }

  /// The mean norm of the batch gradients late in training.
  var gradientChart: Chart {
    let answer = extremes(\.gradientNorm).map { low, high in
      "In the last third of training it runs from \(NumberFormat.significant(low.gradientNorm.mean, digits: 3)) at batch "
        + "\(low.batchSize) to \(NumberFormat.significant(high.gradientNorm.mean, digits: 3)) at batch \(high.batchSize)."
    }
    return byBatchSize(
      question: "How large is the norm of a batch's mean gradient?", answer: answer ?? "",
      y: Axis("mean gradient norm", includesZero: true), color: .category(5), \.gradientNorm)
  }
}

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
      answer: matchedAnswer, y: text.axis("validation"), panels: panels)
  }

  private var matchedAnswer: String {
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
