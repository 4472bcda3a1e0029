import BatchAlgebra
import BatchProfiling

extension GEMMReport {
  /// Charts of where the time goes: for each layer and number of threads one of the first engine, and one of plain
  /// OpenBLAS.
  var timeCharts: [Chart] {
    let plain = profile.plan.engines.first { $0.kind == .openBLAS }?.description
    let chosen = [engines.first, plain == engines.first ? nil : plain].compactMap { $0 }
    return chosen.flatMap { engine in
      charts { layer, threads, points in
        timeChart(engine, layer, threads, points.filter { $0.key.engine == engine && $0.explanation != nil })
      }
    }.filter { !$0.panels.isEmpty }
  }

  private func timeChart(_ engine: String, _ layer: LayerShape, _ threads: Int, _ points: [GEMMPoint]) -> Chart {
    Chart(
      question: "Where does the time of \(layer) go with \(engine), "
        + "\(NumberFormat.count(threads, "thread"))?",
      answer: meanShares(points), y: Axis("share of the time", format: .percent, includesZero: true),
      panels: panels(points, x: Axis("batch size", scale: .ordered)) { points in
        Self.stackedParts.enumerated().map { index, part in
          Series(
            part.name, style: .stackedColumns, color: part.name == "rest" ? .neutral : .category(index),
            isLabelled: true,
            points: points.compactMap { point in
              share(part.path, point).map {
                Series.Point(x: Double(point.key.batch), y: max(0, $0), note: point.method.description)
              }
            })
        }
      }, names: .above)
  }

  private static var stackedParts: [(name: String, path: KeyPath<GEMMExplanation, Double>)] {
    [("ceiling", \.ceiling)] + GEMMTables.parts
  }

  private func share(_ part: KeyPath<GEMMExplanation, Double>, _ point: GEMMPoint) -> Double? {
    GEMMRow(point: point, speedUp: nil).share(part)
  }

  private func meanShares(_ points: [GEMMPoint]) -> String {
    guard !points.isEmpty else { return "" }
    let means = Self.stackedParts.map { part in
      (name: part.name, mean: points.compactMap { share(part.path, $0) }.reduce(0, +) / Double(points.count))
    }
    let others = means.dropFirst().sorted { $0.mean > $1.mean }.prefix(2).map {
      "\($0.name) \(NumberFormat.percent($0.mean, decimals: 0))"
    }
    let negative = points.count { ($0.explanation?.rest ?? 0) < 0 }
    return "In the mean the ceiling explains \(NumberFormat.percent(means[0].mean, decimals: 0)) of the time, then "
      + "\(others.joined(separator: ", "))"
      + (negative > 0 ? "; at \(negative) of \(points.count) points the parts exceed it, and no rest is drawn." : ".")
  }
}
