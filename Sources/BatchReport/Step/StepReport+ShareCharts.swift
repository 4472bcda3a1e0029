import BatchProfiling
import BatchTraining

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
