import BatchProfiling
import BatchScience
import BatchTraining

extension StepReport {
  /// The throughput by batch size, and what it approaches.
  var throughputChart: Chart {
    let measured = timed.compactMap { row in
      row.point.throughput.map {
        Series.Point(
          x: Double(row.point.batch), y: $0, interval: row.throughputInterval, isHollow: !row.point.samples.gotQuiet)
      }
    }
    var series = [Series("measured", style: .dottedLine, color: .category(0), isLabelled: true, points: measured)]
    let ends = [measured.first?.x, measured.last?.x].compactMap { $0 }
    if let bound = fit?.model.asymptoticThroughput {
      let points = ends.map { Series.Point(x: $0, y: bound.value, interval: bound.interval) }
      series.insert(Series("limit 1/β", style: .line, color: .neutral, isLabelled: true, points: points), at: 0)
    }
    return Chart(
      question: "How many examples a second does a training step take, by batch size?", answer: throughputAnswer,
      y: Axis("examples/s", includesZero: true),
      panels: [Chart.Panel(x: Axis("batch size", scale: .log2), series: series)])
  }

  private var throughputAnswer: String {
    let hollow = CalmFindings.hollow(timed.map(\.point.samples))
    let quiet = timed.filter(\.point.samples.gotQuiet)
    guard let best = quiet.max(by: { ($0.point.throughput ?? 0) < ($1.point.throughput ?? 0) }),
      let throughput = best.point.throughput
    else { return hollow ?? "" }
    let knee =
      fit?.knee?.batch.map { "; batch \(NumberFormat.grouped($0)) is the smallest with 90 % of the limit" } ?? ""
    return "At most \(IntervalFormat.number(throughput, best.throughputInterval)) examples/s, at batch "
      + "\(NumberFormat.grouped(best.point.batch))\(knee)." + (hollow.map { " \($0)" } ?? "")
  }

  /// The time by batch size, and the fitted line.
  var timeChart: Chart {
    let measured = timed.compactMap { row in
      row.point.time.map {
        Series.Point(
          x: Double(row.point.batch), y: $0.value, interval: $0.interval, isHollow: !row.point.samples.gotQuiet)
      }
    }
    var series = [Series("measured", style: .dots, color: .category(0), isLabelled: true, points: measured)]
    var answer = "Too little was measured for a line."
    if let model = fit?.model {
      let points = timed.map { Series.Point(x: Double($0.point.batch), y: model.predict($0.point.batch)) }
      series.insert(Series("α + βB", style: .line, color: .category(1), isLabelled: true, points: points), at: 0)
      let last = model.segments[model.segments.count - 1]
      answer =
        "\(IntervalFormat.duration(last.alpha.value, last.alpha.interval)) a step and "
        + "\(IntervalFormat.duration(last.beta.value, last.beta.interval)) an example, from batch "
        + "\(NumberFormat.grouped(last.batches.lowerBound)) on."
    }
    return Chart(
      question: "How long does a step take, by batch size?", answer: answer,
      y: Axis("time of a step", scale: .log10, format: .seconds),
      panels: [Chart.Panel(x: Axis("batch size", scale: .log2), series: series)])
  }
}

extension StepReport {
  /// The phases of a step by batch size; nil where none were recorded.
  var phaseChart: Chart? {
    let known = timed.filter { $0.productShare != nil }
    guard let first = known.first, let last = known.last else { return nil }
    let series = StepPhase.allCases.enumerated().map { index, phase in
      Series(
        phase.rawValue, style: .stackedColumns, color: phase == .other ? .neutral : .category(index),
        isLabelled: true,
        points: known.compactMap { row in
          row.share(phase).map { Series.Point(x: Double(row.point.batch), y: $0) }
        })
    }
    return Chart(
      question: "Which phases take the time of a step?",
      answer:
        "Products take \(percent(first.productShare)) of it at batch \(NumberFormat.grouped(first.point.batch)) and "
        + "\(percent(last.productShare)) at batch \(NumberFormat.grouped(last.point.batch)); the update "
        + "\(percent(first.share(.update))) and \(percent(last.share(.update))).",
      y: Axis("share of the time", format: .percent, includesZero: true),
      panels: [Chart.Panel(x: Axis("batch size", scale: .ordered), series: series)], names: .above)
  }

  private func percent(_ share: Double?) -> String { NumberFormat.percent(share ?? .nan, decimals: 0) }

  /// The memory of a step by batch size; nil without batch sizes.
  var memoryChart: Chart? {
    guard let first = rows.first?.point, let last = rows.last?.point else { return nil }
    let parts: [(name: String, bytes: KeyPath<StepMemory, Int>)] = [
      ("parameters", \.parameterBytes), ("gradient", \.gradientBytes), ("optimizer", \.optimizerStateBytes),
      ("scratch", \.scratchBytes), ("batch", \.batchBytes), ("activations", \.activationBytes),
    ]
    let series = parts.enumerated().map { index, part in
      Series(
        part.name, style: .stackedColumns, color: .category(index), isLabelled: true,
        points: rows.map { Series.Point(x: Double($0.point.batch), y: Double($0.point.memory[keyPath: part.bytes])) })
    }
    let largest = profile.largestBatch.map {
      "; \(NumberFormat.bytes(Double(profile.plan.memory))) hold at most batch \(NumberFormat.grouped($0))"
    }
    return Chart(
      question: "How much memory does a step take?",
      answer: "\(NumberFormat.bytes(Double(first.memory.byteCount))) at batch \(NumberFormat.grouped(first.batch)), "
        + "\(NumberFormat.bytes(Double(last.memory.byteCount))) at batch \(NumberFormat.grouped(last.batch))"
        + (largest ?? "") + ".",
      y: Axis("memory", format: .bytes, includesZero: true),
      panels: [Chart.Panel(x: Axis("batch size", scale: .ordered), series: series)], names: .above)
  }
}
