import BatchFoundation
import BatchScience

extension NoiseScaleReport {
  /// The noise scale through training, a line a run, and the exact one where it is known.
  var trainingChart: Chart {
    var series = lines(\.epoch)
    let moments = analysis.runs.flatMap(\.points).sorted { $0.epoch < $1.epoch }
    let fixed = moments.compactMap { point -> Series.Point? in
      guard let value = point.fixed?.value, value > 0 else { return nil }
      return Series.Point(x: point.epoch, y: value, interval: point.fixed?.interval, note: "batches at fixed weights")
    }
    let exact = moments.compactMap { point -> Series.Point? in
      guard let value = point.exact, value > 0 else { return nil }
      return Series.Point(x: point.epoch, y: value, note: "exact")
    }
    if !fixed.isEmpty { series.append(Series("at one moment", style: .dots, color: .category(1), points: fixed)) }
    if !exact.isEmpty { series.append(Series("exact there", style: .dots, color: .neutral, points: exact)) }
    return Chart(
      question: "How large is the noise scale in the course of training?", answer: courseAnswer,
      y: Axis("noise scale in examples", scale: .log10), panels: [Chart.Panel(x: Axis("epochs"), series: series)])
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
        layer.name, style: .line, color: .step(index, of: run.layers.count), isLabelled: true,
        points: points(layer.points, \.epoch))
    }
    let last = run.layers.compactMap { layer in
      layer.points.last { $0.estimate.value != nil }.map { (name: layer.name, estimate: $0.estimate) }
    }
    let low = last.min { ($0.estimate.value ?? 0) < ($1.estimate.value ?? 0) }
    let high = last.max { ($0.estimate.value ?? 0) < ($1.estimate.value ?? 0) }
    var answer = ""
    if let low, let high, let below = low.estimate.interval, let above = high.estimate.interval,
      let least = low.estimate.value, let most = high.estimate.value
    {
      answer =
        below.overlaps(above)
        ? "At the end of the run of \(run.trial) the layers do not clearly differ."
        : "At the end of the run of \(run.trial) it is least in \(low.name), "
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
          "rate \(NumberFormat.plain(setting.rate)), batch \(setting.batch)", style: .line,
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
      let low = point.estimate.interval.map { max($0.lowerBound, value / 10) }
      return Series.Point(
        x: point[keyPath: x], y: value, interval: low.map { $0...(point.estimate.high ?? value) },
        note: NumberFormat.count(point.estimate.probes, "update"))
    }.sorted { $0.x < $1.x }
  }

  private var courseAnswer: String {
    let (held, count) = analysis.coverage
    let sentences = findings.prefix(1)
    return sentences.joined()
      + (count > 0 ? " At one moment, the interval of the estimate holds the exact one \(held) of \(count) times." : "")
  }

  /// What the largest and the least rate have at the loss that both come to last.
  private var rateAnswer: String {
    let rates = results.plan.learningRates
    guard let low = rates.first, let high = rates.last, low < high,
      let slow = analysis.runs.first(where: { $0.trial.learningRate == low && !$0.known.isEmpty }),
      let fast = analysis.runs.first(where: {
        $0.trial.learningRate == high && $0.trial.batchSize == slow.trial.batchSize && !$0.known.isEmpty
      })
    else { return "There is one learning rate alone." }
    let reached = max(
      slow.known.map(\.trainingLoss).min() ?? .infinity, fast.known.map(\.trainingLoss).min() ?? .infinity)
    func nearest(_ run: NoiseScaleAnalysis.Run) -> NoiseScaleAnalysis.Point? {
      run.known.min { abs($0.trainingLoss - reached) < abs($1.trainingLoss - reached) }
    }
    guard let a = nearest(slow), let b = nearest(fast), let first = a.estimate.interval,
      let second = b.estimate.interval
    else { return "" }
    let numbers =
      "\(IntervalFormat.number(a.estimate.value ?? .nan, first)) at rate \(NumberFormat.plain(low)) and "
      + "\(IntervalFormat.number(b.estimate.value ?? .nan, second)) at rate \(NumberFormat.plain(high))"
    let place = "Near a training loss of \(NumberFormat.significant(reached, digits: 2)), batch \(slow.trial.batchSize)"
    return first.overlaps(second)
      ? "\(place), not beyond the intervals: \(numbers)." : "\(place), it is \(numbers)."
  }
}
