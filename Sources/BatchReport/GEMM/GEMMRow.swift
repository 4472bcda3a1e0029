import BatchProfiling

/// A point of a profile of products, beside the plan's first engine.
struct GEMMRow: Sendable {
  let point: GEMMPoint
  /// How much faster it is than the first engine at the same product; nil for the first engine itself.
  let speedUp: SpeedComparison?

  /// The rows of all points.
  static func rows(_ profile: GEMMProfile) -> [GEMMRow] {
    let points = Dictionary(profile.points.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    guard let first = profile.plan.engines.first?.description else { return [] }
    return profile.points.map { point in
      var key = point.key
      key.engine = first
      let base = point.key.engine == first ? nil : points[key]
      return GEMMRow(point: point, speedUp: base.flatMap { profile.comparison(point, with: $0) })
    }
  }

  /// A part of the explanation as a share of the time.
  func share(_ part: KeyPath<GEMMExplanation, Double>) -> Double? {
    guard let time = point.time, let explanation = point.explanation else { return nil }
    return explanation[keyPath: part] / time.value
  }
}

extension GEMMPoint {
  /// The rates at the ends of the time's interval; nil where that reaches down to zero, as on a disturbed machine.
  var rateInterval: ClosedRange<Double>? {
    guard let interval = time?.interval, interval.lowerBound > 0 else { return nil }
    return key.operations / interval.upperBound...key.operations / interval.lowerBound
  }

  /// The highest rate that ceilings allow the product.
  var ceilingRate: Double? { explanation.map { key.operations / $0.ceiling } }
}

/// How products are named in sentences.
enum GEMMText {
  /// `openblas, 784x512 forward`, with the number of threads where a profile has several.
  static func curve(_ key: GEMMPointKey, _ plan: GEMMProfilePlan) -> String {
    "\(key.engine), \(key.layer) \(key.pass.rawValue)" + threads(key.threads, plan)
  }

  /// `, 2 threads`, or nothing where a profile has only one number of threads.
  static func threads(_ count: Int, _ plan: GEMMProfilePlan) -> String {
    plan.threads.count > 1 ? ", \(NumberFormat.count(count, "thread"))" : ""
  }

  /// `63.1 GFLOP/s`.
  static func rate(_ rate: Double) -> String { NumberFormat.significant(rate / 1e9, digits: 3) + " GFLOP/s" }
}
