import BatchProfiling

extension AlignmentReport {
  /// A chart for each dimension and number of threads: the mean gain by the remainder that a size leaves, an engine a
  /// panel, a product a line; at the smaller batch sizes, where there are some.
  var remainderCharts: [Chart] {
    AlignedDimension.allCases.flatMap { dimension in
      profile.plan.threads.compactMap { threads in
        let all = analysis.summaries.filter { $0.dimension == dimension && $0.threads == threads }
        let small = all.filter { $0.batches.lowerBound <= AlignmentAnalysis.stretch }
        let drawn = small.isEmpty ? all : small
        guard let low = drawn.map(\.batches.lowerBound).min(), let high = drawn.map(\.batches.upperBound).max() else {
          return nil
        }
        return Chart(
          question:
            "What do multiples of \(analysis.alignment) for the \(dimension.rawValue) gain over sizes that leave a "
            + "remainder, at batch \(AlignmentTables.range(low...high)) with \(NumberFormat.count(threads, "thread"))?",
          answer: answer(drawn), y: Axis("gain", format: .percent, includesZero: true),
          panels: profile.plan.engines.map(\.description).compactMap { engine in
            let own = drawn.filter { $0.engine == engine }
            return own.isEmpty
              ? nil
              : Chart.Panel(
                title: engine, x: Axis("\(dimension.rawValue) modulo \(analysis.alignment)"), series: lines(own))
          }, names: .above)
      }
    }
  }

  private func answer(_ summaries: [AlignmentAnalysis.Summary]) -> String {
    let sure = summaries.filter { $0.gain.verdict == .faster }.max { $0.gain.ratio < $1.gain.ratio }
    guard let best = sure else { return "Nothing beyond doubt in the mean of any product." }
    return "In the mean at most \(IntervalFormat.percent(best.gain.ratio - 1, best.gain.changeInterval)): "
      + "\(best.engine), \(best.pass.rawValue)."
  }

  private func lines(_ summaries: [AlignmentAnalysis.Summary]) -> [Series] {
    summaries.enumerated().map { index, summary in
      Series(
        summary.pass.rawValue, style: .dottedLine, color: .category(index), isLabelled: true,
        points: summary.remainders.map { remainder in
          Series.Point(
            x: Double(remainder.remainder), y: remainder.gain.ratio - 1, interval: remainder.gain.changeInterval,
            note: NumberFormat.count(remainder.pairs, "pair"))
        })
    }
  }
}
