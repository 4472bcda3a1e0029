import BatchScience

extension SweepReport {
  /// The time of an epoch by batch size.
  var epochTimeChart: Chart {
    let answer = quietExtremes(\.secondsPerEpoch).map { fast, slow in
      let most = IntervalFormat.duration(slow.secondsPerEpoch.value, slow.secondsPerEpoch.interval)
      let least = IntervalFormat.duration(fast.secondsPerEpoch.value, fast.secondsPerEpoch.interval)
      return fast.batchSize == slow.batchSize
        ? "An epoch takes \(most)." : "From \(least) at batch \(fast.batchSize) to \(most) at batch \(slow.batchSize)."
    }
    return seconds.chart(
      question: "How long does an epoch of \(NumberFormat.grouped(results.plan.exampleCounts[0])) examples take?",
      answer: answer ?? "", y: Axis("time per epoch", format: .seconds, includesZero: true), style: .columns,
      color: .category(0), \.secondsPerEpoch
    ) { $0.last.seconds / $0.last.epoch }
  }

  /// The training examples a second by batch size.
  var throughputChart: Chart {
    let answer = quietExtremes(\.examplesPerSecond).map { _, high in
      let most = high.examplesPerSecond.value
      let knee =
        analysis.learners.first { $0.hasQuietSeconds && $0.examplesPerSecond.value >= 0.9 * most } ?? high
      return "At most \(IntervalFormat.number(most, high.examplesPerSecond.interval)) examples/s, at batch "
        + "\(high.batchSize); batch \(knee.batchSize) is the smallest with 90 % of it."
    }
    return seconds.chart(
      question: "How many training examples a second does this machine take?", answer: answer ?? "",
      y: Axis("examples/s", includesZero: true), style: .dottedLine, color: .category(2), \.examplesPerSecond
    ) { Double($0.last.examples) / $0.last.seconds }
  }

  /// The batch sizes with the least and the greatest of what the quiet machine gives.
  func quietExtremes(
    _ figure: KeyPath<BatchSizeSummary, SecondsFigure>
  ) -> (BatchSizeSummary, BatchSizeSummary)? {
    let known = analysis.learners.filter(\.hasQuietSeconds)
    guard let low = known.min(by: { $0[keyPath: figure].value < $1[keyPath: figure].value }),
      let high = known.max(by: { $0[keyPath: figure].value < $1[keyPath: figure].value })
    else { return nil }
    return (low, high)
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
    // A line that is missing beside the last panel has no name there.
    let named = untimed.isEmpty ? TrainingBudget.allCases.count - 1 : 0
    let panels = TrainingBudget.allCases.enumerated().map { index, budget in
      // Without seconds of a quiet machine those of the clock are all there is; of both together nothing could be read.
      let comparable = Set(analysis.comparable(by: budget).map(\.batchSize))
      let isElapsed = comparable.isEmpty
      return Chart.Panel(
        title: isElapsed ? "by elapsed seconds" : "by \(budget.rawValue)",
        x: isElapsed ? Axis("elapsed seconds", scale: .log10) : Self.axis(budget),
        series: learners.enumerated().compactMap { step, summary in
          guard isElapsed || comparable.contains(summary.batchSize) else { return nil }
          return Series(
            "\(summary.batchSize)", style: .line, color: .step(step, of: learners.count),
            isLabelled: index == named,
            points: summary.curve(over: budget).compactMap { used, sample in
              guard floor.map({ sample.mean >= $0 }) ?? true, used > 0 else { return nil }
              return Series.Point(x: used, y: sample.mean)
            })
        })
    }
    return Chart(
      question:
        "Which batch size learns fastest, when the same epochs, the same updates or the same seconds are compared?",
      answer: matchedAnswer, y: text.axis("validation"), panels: panels, names: untimed.isEmpty ? .beside : .above)
  }

  /// The batch sizes that are missing where others are compared by seconds.
  private var untimed: [Int] {
    let timed = analysis.comparable(by: .seconds).map(\.batchSize)
    return timed.isEmpty ? [] : analysis.learners.map(\.batchSize).filter { !timed.contains($0) }
  }

  private var matchedAnswer: String {
    let bests = TrainingBudget.allCases.map { budget -> String in
      let phrase = analysis.comparison(at: budget).flatMap { comparison in
        RankingText(text: text, part: "validation").phrase(comparison.ranking, after: comparison.amountText)
      }
      return "by \(budget.rawValue): \(phrase ?? "nothing is ranked")"
    }
    let sizes = untimed.count == 1 ? "batch \(untimed[0])" : "batch sizes \(Sentence.list(untimed.map(String.init)))"
    let hasNone = analysis.comparable(by: .seconds).isEmpty
    let note =
      hasNone
      ? " Elapsed seconds are the clock's, with whatever else ran."
      : untimed.isEmpty ? "" : " There are no seconds of \(sizes): the machine did not get quiet."
    return "Best " + bests.joined(separator: "; ") + "." + note
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
