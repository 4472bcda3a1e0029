extension ScheduleReport {
  /// The learning rate over the epochs.
  public var rateChart: Chart {
    Chart(
      question: "How does the learning rate change during training?", answer: rateAnswer,
      y: Axis("learning rate", includesZero: true),
      panels: [Chart.Panel(x: Axis("epoch"), series: [series("learning rate", color: 0) { $0.learningRate }])])
  }

  /// The batch size over the epochs.
  public var batchChart: Chart {
    Chart(
      question: "How does the batch size change during training?", answer: batchAnswer,
      y: Axis("batch size", scale: .log2),
      panels: [Chart.Panel(x: Axis("epoch"), series: [series("batch size", color: 1) { Double($0.batchSize) }])])
  }

  private func series(_ name: String, color: Int, _ value: (Moment) -> Double) -> Series {
    Series(
      name, style: .line, color: .category(color),
      points: curve.map { Series.Point(x: $0.position.epoch, y: value($0)) })
  }

  private var rateAnswer: String {
    func text(_ moment: Moment) -> String { NumberFormat.significant(moment.learningRate, digits: 3) }
    guard let first = curve.first, let last = curve.last,
      let highest = curve.max(by: { $0.learningRate < $1.learningRate })
    else { return "" }
    if curve.allSatisfy({ $0.learningRate == first.learningRate }) { return "It stays at \(text(first))." }
    if highest.learningRate == first.learningRate { return "It goes from \(text(first)) to \(text(last))." }
    let epoch = NumberFormat.significant(highest.position.epoch, digits: 3)
    let peak = "It rises from \(text(first)) to \(text(highest)) at epoch \(epoch)"
    return highest.learningRate == last.learningRate ? "\(peak) and stays there." : "\(peak) and ends at \(text(last))."
  }

  private var batchAnswer: String {
    guard let first = curve.first, let last = curve.last else { return "" }
    let changes = zip(curve, curve.dropFirst()).count { $0.batchSize != $1.batchSize }
    if changes == 0 { return "It stays at \(NumberFormat.grouped(first.batchSize))." }
    return "It goes from \(NumberFormat.grouped(first.batchSize)) to \(NumberFormat.grouped(last.batchSize)) in "
      + "\(changes) \(changes == 1 ? "step" : "steps")."
  }
}
