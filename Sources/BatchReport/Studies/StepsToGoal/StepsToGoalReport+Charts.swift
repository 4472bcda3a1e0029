import BatchFoundation
import BatchScience
import Glibc

extension StepsToGoalReport {
  private var batchAxis: Axis { Axis("batch size", scale: .log2) }

  private func points(_ value: (StepsToGoal) -> Double?) -> [Series.Point] {
    analysis.sizes.flatMap(\.runs).compactMap { run in
      value(run).map {
        Series.Point(
          x: Double(run.batch), y: $0, note: run.isLowerBound ? "takes more than this" : "seed \(run.seed)",
          isHollow: run.isLowerBound)
      }
    }
  }

  /// A curve of the fit over the sizes that were tried, with points between them.
  private func curve(_ value: (Double) -> Double) -> [Series] {
    guard let fit = analysis.fit, let first = fit.batches.first, let last = fit.batches.last, first < last else {
      return []
    }
    let count = 40
    let ratio = Double(last) / Double(first)
    let sizes = Set((0...count).map { Int((Double(first) * pow(ratio, Double($0) / Double(count))).rounded()) })
      .sorted()
    return [
      Series(
        "S_min (1 + B_c/B)", style: .line, color: .category(0), isLabelled: true,
        points: sizes.map { Series.Point(x: Double($0), y: value(Double($0))) })
    ]
  }

  var stepsChart: Chart {
    Chart(
      question: "How many updates does it take at each batch size?",
      answer: analysis.fit.flatMap { StepsToGoalText.sentences($0, largest: analysis.sizes.last?.batch).first } ?? "",
      y: Axis("updates to the goal", scale: .log10),
      panels: [
        Chart.Panel(
          x: batchAxis,
          series: curve { analysis.fit?.steps(at: Int($0)) ?? .nan } + [
            Series("runs", style: .dots, color: .neutral, isLabelled: true, points: points { $0.steps })
          ])
      ], names: .above)
  }

  var examplesChart: Chart {
    Chart(
      question: "What do fewer updates cost in examples?",
      answer: analysis.fit.map(StepsToGoalText.leastExamples) ?? "",
      y: Axis("examples to the goal", scale: .log10),
      panels: [
        Chart.Panel(
          x: batchAxis,
          series: curve { (analysis.fit?.steps(at: Int($0)) ?? .nan) * $0 } + [
            Series(
              "runs", style: .dots, color: .neutral, isLabelled: true, points: points { $0.steps * Double($0.batch) })
          ])
      ], names: .above)
  }

  var secondsChart: Chart? {
    let times = Dictionary(uniqueKeysWithValues: analysis.sizes.map { ($0.batch, $0.secondsPerStep?.value) })
    let runs = points { run in times[run.batch].flatMap { $0 }.map { run.steps * $0 } }
    guard !runs.isEmpty else { return nil }
    return Chart(
      question: "How long does it take on this machine?",
      answer: analysis.fastest.map {
        "Least at batch \($0.batch), \(NumberFormat.duration($0.meanSeconds ?? .nan)) in the mean over seeds."
      } ?? "",
      y: Axis("training time to the goal", scale: .log10, format: .seconds),
      panels: [
        Chart.Panel(x: batchAxis, series: [Series("runs", style: .dots, color: .category(0), points: runs)])
      ])
  }

  var rateChart: Chart? {
    let tried = analysis.sizes.flatMap { size in
      size.search.map { Series.Point(x: Double(size.batch), y: $0.point.learningRate, isHollow: $0.steps == nil) }
    }
    let best = analysis.sizes.compactMap { size in
      size.best.map { Series.Point(x: Double(size.batch), y: $0.point.learningRate) }
    }
    guard !best.isEmpty else { return nil }
    return Chart(
      question: "Which learning rate is best at each batch size?",
      answer: "Hollow dots are rates that did not reach the goal in time.",
      y: Axis("learning rate", scale: .log10),
      panels: [
        Chart.Panel(
          x: batchAxis,
          series: [
            Series("tried", style: .faintDots, color: .neutral, isLabelled: true, points: tried),
            Series("best", style: .dottedLine, color: .category(0), isLabelled: true, points: best),
          ])
      ], names: .above)
  }
}
