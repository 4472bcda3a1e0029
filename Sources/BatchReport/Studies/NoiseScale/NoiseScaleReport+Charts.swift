import BatchFoundation
import BatchScience

extension NoiseScaleReport {
  /// The noise scale through training, a line a run, and the exact one where it is known.
  var trainingChart: Chart {
    var series = lines(\.epoch)
    let moments = analysis.runs.flatMap(\.moments).filter { $0.layer == nil }.sorted { $0.epoch < $1.epoch }
    let fixed = moments.compactMap { moment -> Series.Point? in
      guard let value = moment.estimate?.value, value > 0 else { return nil }
      return Series.Point(
        x: moment.epoch, y: value, interval: Self.shown(moment.estimate?.interval, about: value),
        note: "batches at fixed weights")
    }
    let exact = moments.compactMap { moment -> Series.Point? in
      guard moment.exact > 0 else { return nil }
      return Series.Point(x: moment.epoch, y: moment.exact, note: "exact")
    }
    if !fixed.isEmpty {
      series.append(
        Series("at one moment", style: .dots, color: .category(1), isLabelled: true, points: fixed))
    }
    if !exact.isEmpty {
      series.append(Series("exact there", style: .dots, color: .neutral, isLabelled: true, points: exact))
    }
    return Chart(
      question: "How large is the noise scale in the course of training?", answer: courseAnswer,
      y: Axis("noise scale in examples", scale: .log10), panels: [Chart.Panel(x: Axis("epochs"), series: series)],
      names: .above)
  }

  /// The noise scale against the loss, which tells learning rates apart that only learn at another pace.
  var lossChart: Chart {
    Chart(
      question: "Does the learning rate change the noise scale at the same loss?", answer: rateAnswer,
      y: Axis("noise scale in examples", scale: .log10),
      panels: [Chart.Panel(x: Axis("training loss", scale: .log10), series: lines(\.trainingLoss))])
  }

  /// The noise scale of each layer in the first run; nil where there is one layer alone.
  var layerChart: Chart? {
    guard let run = analysis.runs.first(where: { !$0.known.isEmpty }), run.layers.count > 1 else { return nil }
    let series = run.layers.enumerated().map { index, layer in
      Series(
        layer.name, style: Self.style(layer.points), color: .step(index, of: run.layers.count), isLabelled: true,
        points: points(layer.points, \.epoch))
    }
    // Layers are compared in one window, the last that says something of all of them.
    let epochs = run.layers.map { layer in Set(layer.points.filter { $0.estimate.value != nil }.map(\.epoch)) }
    let common = epochs.dropFirst().reduce(epochs[0]) { $0.intersection($1) }.max()
    let last = run.layers.compactMap { layer in
      layer.points.first { $0.epoch == common }.map { (name: layer.name, estimate: $0.estimate) }
    }
    let low = last.min { ($0.estimate.value ?? 0) < ($1.estimate.value ?? 0) }
    let high = last.max { ($0.estimate.value ?? 0) < ($1.estimate.value ?? 0) }
    var answer = ""
    if let common, let low, let high, let below = low.estimate.interval, let above = high.estimate.interval,
      let least = low.estimate.value, let most = high.estimate.value
    {
      answer =
        below.overlaps(above)
        ? "At epoch \(NumberFormat.significant(common, digits: 2)) of the run of \(run.trial) the layers do not clearly "
          + "differ."
        : "At epoch \(NumberFormat.significant(common, digits: 2)) of the run of \(run.trial) it is least in \(low.name), "
          + "\(IntervalFormat.number(least, below)), and greatest in \(high.name), \(IntervalFormat.number(most, above))."
    }
    return Chart(
      question: "Which layers' gradients are the noisiest?", answer: answer,
      y: Axis("noise scale in examples", scale: .log10), panels: [Chart.Panel(x: Axis("epochs"), series: series)])
  }

  /// A line a run; runs that differ in the seed alone have one colour.
  private func lines(_ x: KeyPath<NoiseScaleAnalysis.Point, Double>) -> [Series] {
    let settings = results.plan.learningRates.flatMap { rate in
      results.plan.common.batchSizes.map { (rate: rate, batch: $0) }
    }
    return settings.enumerated().flatMap { index, setting in
      let runs = analysis.runs.filter {
        $0.trial.learningRate == setting.rate && $0.trial.batchSize == setting.batch && !$0.known.isEmpty
      }
      return runs.enumerated().map { number, run in
        Series(
          "rate \(NumberFormat.plain(setting.rate)), batch \(setting.batch)", style: Self.style(run.points),
          color: .step(index, of: settings.count), isLabelled: number == 0, points: points(run.points, x))
      }
    }
  }

  /// The points that have a number, in the order of x.
  private func points(
    _ points: [NoiseScaleAnalysis.Point], _ x: KeyPath<NoiseScaleAnalysis.Point, Double>
  ) -> [Series.Point] {
    points.compactMap { point -> Series.Point? in
      // A logarithm has no room for anything else.
      guard let value = point.estimate.value, value > 0, point[keyPath: x] > 0, point[keyPath: x].isFinite else {
        return nil
      }
      return Series.Point(
        x: point[keyPath: x], y: value, interval: Self.shown(point.estimate.interval, about: value),
        note: NumberFormat.count(point.estimate.probes, "update"))
    }.sorted { $0.x < $1.x }
  }

  /// An interval as a logarithm can show it: no lower than a tenth of the value.
  private static func shown(_ interval: ClosedRange<Double>?, about value: Double) -> ClosedRange<Double>? {
    interval.map { min(value, max($0.lowerBound, value / 10))...max(value, $0.upperBound) }
  }

  /// A line, or where it would have one point alone a dot.
  private static func style(_ points: [NoiseScaleAnalysis.Point]) -> Series.Style {
    points.count { $0.estimate.value != nil } > 1 ? .line : .dots
  }

  private var courseAnswer: String {
    (analysis.runs.lazy.compactMap(course).first ?? "") + (coverageSentence.map { " \($0)" } ?? "")
  }

  /// What the largest and the least rate have, with the same seed and batch, at the least loss that both come to.
  private var rateAnswer: String {
    let rates = results.plan.learningRates
    guard let low = rates.first, let high = rates.last, low < high else { return "There is one learning rate alone." }
    for slow in analysis.runs where slow.trial.learningRate == low {
      let fast = analysis.runs.first {
        $0.trial.learningRate == high && $0.trial.batchSize == slow.trial.batchSize && $0.trial.seed == slow.trial.seed
      }
      if let fast, let answer = comparison(slow, fast) { return answer }
    }
    return
      "The runs at rate \(NumberFormat.plain(low)) and at rate \(NumberFormat.plain(high)) have no loss in common at "
      + "which there is a noise scale of both."
  }

  private func comparison(_ slow: NoiseScaleAnalysis.Run, _ fast: NoiseScaleAnalysis.Run) -> String? {
    // Losses that differ by less are taken for the same.
    let tolerance = 1.1
    var pairs: [(NoiseScaleAnalysis.Point, NoiseScaleAnalysis.Point)] = []
    for a in slow.known where a.trainingLoss > 0 {
      let range = a.trainingLoss / tolerance...a.trainingLoss * tolerance
      pairs += fast.known.filter { range.contains($0.trainingLoss) }.map { (a, $0) }
    }
    guard let (a, b) = pairs.min(by: { $0.0.trainingLoss < $1.0.trainingLoss }), let first = a.estimate.interval,
      let second = b.estimate.interval
    else { return nil }
    func text(_ run: NoiseScaleAnalysis.Run, _ point: NoiseScaleAnalysis.Point) -> String {
      "\(IntervalFormat.number(point.estimate.value ?? .nan, point.estimate.interval)) at rate "
        + NumberFormat.plain(run.trial.learningRate)
    }
    let place =
      "Near a training loss of \(NumberFormat.significant(a.trainingLoss, digits: 2)), batch "
      + "\(slow.trial.batchSize), seed \(slow.trial.seed)"
    return first.overlaps(second)
      ? "\(place), not beyond the intervals: \(text(slow, a)) and \(text(fast, b))."
      : "\(place), it is \(text(slow, a)) and \(text(fast, b))."
  }
}
