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
