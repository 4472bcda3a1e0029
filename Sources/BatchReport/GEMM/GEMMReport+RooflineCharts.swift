import BatchProfiling

extension GEMMReport {
  /// A chart for each number of threads: the rates of all products by arithmetic intensity, under the roof.
  var rooflineCharts: [Chart] {
    profile.plan.threads.compactMap { threads in
      let points = profile.points.filter { $0.key.threads == threads && $0.time != nil && $0.explanation != nil }
      guard !points.isEmpty else { return nil }
      return Chart(
        question: "How near do products come to what bandwidth and multiply-adds allow, with "
          + "\(NumberFormat.count(threads, "thread"))?",
        answer: medianShares(points), y: Axis("GFLOP/s", scale: .log10),
        panels: [
          Chart.Panel(
            x: Axis("FLOP/byte, each operand counted once", scale: .log2),
            series: [roof(points)] + engines.map { dots($0, points) })
        ], names: .above)
    }
  }

  private func medianShares(_ points: [GEMMPoint]) -> String {
    let texts = engines.compactMap { engine -> String? in
      let shares = points.filter { $0.key.engine == engine && $0.samples.gotQuiet }.compactMap {
        $0.explanation?.ceilingShare
      }.sorted()
      guard !shares.isEmpty else { return nil }
      return "\(NumberFormat.percent(shares[shares.count / 2], decimals: 0)) by \(engine)"
    }
    return
      ([texts.isEmpty ? nil : "The middle one of all products reaches of its ceiling \(texts.joined(separator: ", "))."]
      + [CalmFindings.hollow(points.map(\.samples))]).compactMap { $0 }.joined(separator: " ")
  }

  private func dots(_ engine: String, _ points: [GEMMPoint]) -> Series {
    Series(
      engine, style: .dots, color: color(engine), isLabelled: true,
      points: points.filter { $0.key.engine == engine }.compactMap { point in
        guard let rate = point.rate, let explanation = point.explanation else { return nil }
        return Series.Point(
          x: explanation.intensity, y: rate / 1e9,
          note: "\(point.key.layer) \(point.key.pass.rawValue), batch \(point.key.batch)",
          isHollow: !point.samples.gotQuiet)
      })
  }

  /// The highest ceiling of any product of no greater intensity: where operands lie differs between products.
  private func roof(_ points: [GEMMPoint]) -> Series {
    let ceilings = points.compactMap { point in
      point.explanation.flatMap { explanation in point.ceilingRate.map { (explanation.intensity, $0 / 1e9) } }
    }.sorted { $0 < $1 }
    var roof: [Series.Point] = []
    for (intensity, rate) in ceilings {
      let height = max(rate, roof.last?.y ?? 0)
      if roof.last?.x == intensity { roof.removeLast() }
      roof.append(Series.Point(x: intensity, y: height))
    }
    return Series("roof", style: .line, color: .neutral, isLabelled: true, points: roof)
  }
}
