import BatchProfiling

extension AlignmentReport {
  /// A chart for each number of threads: the gain of every pair by how far its size is off the multiple, an engine a
  /// panel.
  var stripCharts: [Chart] {
    profile.plan.threads.compactMap { threads in
      let all = analysis.pairs.filter { $0.key.threads == threads && $0.isBetweenMultiples }
      let near = all.filter { abs($0.gain.ratio - 1) <= Self.limit }
      let pairs = near.isEmpty ? all : near
      guard !pairs.isEmpty else { return nil }
      return Chart(
        question: "What do multiples of \(analysis.alignment) gain over the sizes between them, with "
          + "\(NumberFormat.count(threads, "thread"))?",
        answer: answer(threads, hidden: all.count - pairs.count), y: Axis("gain", format: .percent, includesZero: true),
        panels: profile.plan.engines.map(\.description).compactMap { engine in
          let own = pairs.filter { $0.key.engine == engine }
          return own.isEmpty
            ? nil
            : Chart.Panel(
              title: engine, x: Axis("size modulo \(analysis.alignment)"), series: strips(own))
        }, names: .above)
    }
  }

  /// Beside a pair whose path through a library changes nothing else could be seen.
  private static var limit: Double { 0.5 }

  private func answer(_ threads: Int, hidden: Int) -> String {
    let limit = NumberFormat.percent(Self.limit, decimals: 0)
    return meanAnswer(threads) + (hidden > 0 ? " Not drawn: \(hidden) pairs that differ by more than \(limit)." : "")
  }

  private func meanAnswer(_ threads: Int) -> String {
    let own = analysis.summaries.filter { $0.threads == threads }
    let sure = own.filter { $0.gain.verdict == .faster }.max { $0.gain.ratio < $1.gain.ratio }
    guard let best = sure else { return "Nothing beyond doubt in the mean of any dimension." }
    return "At most, in the mean, \(IntervalFormat.percent(best.gain.ratio - 1, best.gain.changeInterval)): "
      + "\(best.engine), \(best.dimension.rawValue), at batch \(AlignmentTables.range(best.batches))."
  }

  /// A strip for each dimension, beside one another; within it the pairs of a residue lie side by side.
  private func strips(_ pairs: [AlignmentAnalysis.Pair]) -> [Series] {
    let dimensions = AlignedDimension.allCases
    return dimensions.enumerated().compactMap { index, dimension in
      let own = Dictionary(grouping: pairs.filter { $0.dimension == dimension }) { $0.size % analysis.alignment }
      guard !own.isEmpty else { return nil }
      let breadth = 0.8 / Double(dimensions.count)
      let points = own.sorted { $0.key < $1.key }.flatMap { residue, members in
        members.enumerated().map { place, pair in
          let start = Double(residue) - 0.4 + breadth * Double(index)
          return Series.Point(
            x: start + breadth * (Double(place) + 0.5) / Double(members.count), y: pair.gain.ratio - 1,
            interval: pair.gain.changeInterval, note: AlignmentTables.name(pair))
        }
      }
      return Series(dimension.rawValue, style: .dots, color: .category(index), isLabelled: true, points: points)
    }
  }
}
