import BatchAlgebra
import BatchProfiling

extension GEMMReport {
  /// A chart for each layer and number of threads: the rate of each engine by batch size, a panel a pass.
  var throughputCharts: [Chart] {
    charts { layer, threads, points in
      Chart(
        question: "How fast is \(layer) at each batch size, with \(NumberFormat.count(threads, "thread"))?",
        answer: bestRates(points), y: Axis("GFLOP/s", includesZero: true),
        panels: panels(points, x: Axis("batch size", scale: .log2)) { points in
          [ceiling(points)] + engines.map { series($0, points) }
        }, names: .above)
    }
  }

  private func bestRates(_ points: [GEMMPoint]) -> String {
    let texts = engines.compactMap { engine -> String? in
      let timed = points.filter { $0.key.engine == engine && $0.rate != nil && $0.samples.gotQuiet }
      guard let best = timed.max(by: { ($0.rate ?? 0) < ($1.rate ?? 0) }) else { return nil }
      let share = best.ratioToPeak.map { ", \(IntervalFormat.percent($0.value, $0.interval)) of peak" } ?? ""
      return "\(engine) \(GEMMText.rate(best.rate ?? 0))\(share) (\(best.key.pass.rawValue), batch "
        + "\(best.key.batch))"
    }
    return
      ([texts.isEmpty ? nil : "At most: \(texts.joined(separator: "; "))."]
      + [CalmFindings.hollow(points.map(\.samples))]).compactMap { $0 }.joined(separator: " ")
  }

  private func series(_ engine: String, _ points: [GEMMPoint]) -> Series {
    Series(
      engine, style: .dottedLine, color: color(engine), isLabelled: true,
      points: points.filter { $0.key.engine == engine }.compactMap { point in
        point.rate.map { rate in
          Series.Point(
            x: Double(point.key.batch), y: rate / 1e9,
            interval: point.rateInterval.map { $0.lowerBound / 1e9...$0.upperBound / 1e9 },
            note: point.method.description, isHollow: !point.samples.gotQuiet)
        }
      })
  }

  /// The same for all engines: what the operands and the operations take on an ideal one.
  private func ceiling(_ points: [GEMMPoint]) -> Series {
    let rates = Dictionary(
      points.compactMap { point in point.ceilingRate.map { (point.key.batch, $0) } }, uniquingKeysWith: { max($0, $1) })
    return Series(
      "ceiling", style: .line, color: .neutral, isLabelled: !rates.isEmpty,
      points: rates.sorted { $0.key < $1.key }.map { Series.Point(x: Double($0.key), y: $0.value / 1e9) })
  }

  var engines: [String] { profile.plan.engines.map(\.description) }

  /// A chart for each layer and number of threads that has times, from its points.
  func charts(_ chart: (LayerShape, Int, [GEMMPoint]) -> Chart) -> [Chart] {
    profile.plan.layers.flatMap { layer in
      profile.plan.threads.compactMap { threads in
        let points = profile.points.filter { $0.key.layer == layer && $0.key.threads == threads && $0.time != nil }
        return points.isEmpty ? nil : chart(layer, threads, points)
      }
    }
  }

  /// A panel for each pass, with points ascending by batch size.
  func panels(_ points: [GEMMPoint], x: Axis, _ series: ([GEMMPoint]) -> [Series]) -> [Chart.Panel] {
    profile.plan.passes.compactMap { pass in
      let own = points.filter { $0.key.pass == pass }.sorted { $0.key.batch < $1.key.batch }
      return own.isEmpty ? nil : Chart.Panel(title: pass.rawValue, x: x, series: series(own))
    }
  }
}
