import BatchFoundation
import BatchScience
import Glibc

extension BranchReport {
  /// Both critical batches against the epoch.
  var courseChart: Chart {
    let local = analysis.moments.compactMap { moment -> Series.Point? in
      guard let found = moment.localCriticalBatch else { return nil }
      return Series.Point(
        x: moment.epoch, y: found.value, interval: found.interval,
        note: moment.isBeyond ? "or more: no size tried loses anything" : nil, isHollow: moment.isBeyond)
    }
    let progress = analysis.moments.compactMap { moment -> Series.Point? in
      switch moment.progressCriticalBatch {
      case .known(let value, let interval):
        // A factor of 32 either way is no more than no idea, and would make the rest of the picture small.
        let shown = interval.map { max($0.lowerBound, value / 32)...min($0.upperBound, value * 32) }
        return Series.Point(x: moment.epoch, y: value, interval: shown)
      case .above(let value): return Series.Point(x: moment.epoch, y: value, note: "or more", isHollow: true)
      case .below(let value): return Series.Point(x: moment.epoch, y: value, note: "or less", isHollow: true)
      case .unknown: return nil
      }
    }
    let series = [
      Series("largest that loses nothing", style: .dottedLine, color: .category(0), isLabelled: true, points: local),
      Series(
        "by the progress of branches", style: .dottedLine, color: .category(1), isLabelled: true, points: progress),
    ]
    return Chart(
      question: "What batch can each moment of this training take?",
      answer: findings.first ?? "There is not enough to tell.", y: Axis("batch size", scale: .log2),
      panels: [Chart.Panel(x: Axis("epochs", includesZero: true), series: series.filter { !$0.points.isEmpty })],
      names: .above)
  }

  /// The loss at the end of branches against their batch, a line a moment; nil where none ended.
  var lossChart: Chart? {
    let count = analysis.moments.count
    let series = analysis.moments.enumerated().compactMap { index, moment -> Series? in
      let points = moment.branches.compactMap { branch -> Series.Point? in
        let sample = Sample(branch.losses.sorted { $0.key < $1.key }.map(\.value))
        guard sample.count > 0, sample.mean.isFinite else { return nil }
        return Series.Point(
          x: Double(branch.batchSize), y: sample.mean, interval: sample.interval,
          note: "rate \(NumberFormat.plain(branch.learningRate)), rule \(branch.rule)"
            + (branch.divergedCount > 0 ? ", \(NumberFormat.count(branch.divergedCount, "seed")) diverged" : ""),
          isHollow: branch.divergedCount > 0)
      }
      guard !points.isEmpty else { return nil }
      return Series(
        "epoch \(Self.epoch(moment))", style: .dottedLine, color: .step(index, of: count), isLabelled: true,
        points: points)
    }
    guard !series.isEmpty else { return nil }
    let answers = analysis.moments.compactMap { moment -> String? in
      moment.localCriticalBatch.map {
        "at epoch \(Self.epoch(moment)) from above \(NumberFormat.whole($0.value))"
          + (moment.isBeyond ? ", if at all" : "")
      }
    }
    return Chart(
      question: "From which batch on do the same examples teach less?",
      answer: answers.isEmpty ? "No pilot came to the end of a branch." : Sentence.list(answers).capitalizedFirst + ".",
      y: Axis("loss at the end"), panels: [Chart.Panel(x: Axis("batch size", scale: .log2), series: series)])
  }

  /// The share of progress against the batch with the fitted curve, a colour a moment; nil where no share is known.
  var progressChart: Chart? {
    let (size, count) = (Double(analysis.batchSize), analysis.moments.count)
    var series: [Series] = []
    for (index, moment) in analysis.moments.enumerated() {
      let points = moment.branches.compactMap { branch -> Series.Point? in
        guard let share = branch.progress, share > 0 else { return nil }
        let isLeftOut = branch.multiple > 1 && !branch.isFitted
        return Series.Point(
          x: Double(branch.batchSize), y: share, note: isLeftOut ? "not fitted: the rate is at fault" : nil,
          isHollow: isLeftOut)
      }
      guard points.count > 1 else { continue }
      let name = "epoch \(Self.epoch(moment))"
      series.append(
        Series(name, style: .dots, color: .step(index, of: count), isLabelled: true, points: points))
      let largest = Double(moment.branches.last?.multiple ?? 1)
      let curve = (0...40).compactMap { step -> Series.Point? in
        let multiple = pow(largest, Double(step) / 40)
        return moment.fittedProgress(multiple).map { Series.Point(x: size * multiple, y: $0) }
      }
      series.append(Series("\(name), fitted", style: .line, color: .step(index, of: count), points: curve))
    }
    guard !series.isEmpty else { return nil }
    let answers = analysis.moments.map {
      "at epoch \(Self.epoch($0)) the critical batch \(Self.text($0.progressCriticalBatch))"
    }
    return Chart(
      question: "How much of the progress is left when the same examples come in larger batches?",
      answer: answers.joined(separator: "; ").capitalizedFirst + ".",
      y: Axis("share of the progress at the pilot's batch", scale: .log2, format: .percent),
      panels: [
        Chart.Panel(x: Axis("batch size", scale: .log2), series: series.filter { !$0.points.isEmpty })
      ], names: .above)
  }
}
