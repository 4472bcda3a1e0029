import BatchFoundation
import Glibc

/// Finds the multiples that belong to a size, and compares.
struct PairMatcher {
  struct Match {
    var pair: AlignmentAnalysis.Pair
    /// The logarithm of the gain.
    var gain: DrawnLogarithm
  }

  let pairs: AlignmentPairs
  private let points: [GEMMPointKey: GEMMPoint]
  private let quartiles: QuartileDraws

  init(alignment: Int, plan: GEMMProfilePlan, points: [GEMMPoint]) {
    pairs = AlignmentPairs(alignment: alignment, plan: plan)
    let timed = points.filter { !$0.samples.seconds.isEmpty }
    self.points = Dictionary(timed.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    quartiles = QuartileDraws(timed)
  }

  func matches(_ point: GEMMPoint) -> [Match] {
    AlignedDimension.allCases.compactMap { match(point, $0) }
  }

  private func match(_ point: GEMMPoint, _ dimension: AlignedDimension) -> Match? {
    // The batch only at the widths that were asked for: with others the batch sizes are few.
    guard dimension != .batch || pairs.plan.layers.contains(point.key.layer), points[point.key] != nil else {
      return nil
    }
    let size = point.key.size(dimension)
    let multiple = pairs.roundedUp(size)
    // The multiple of the widest layers is wider than layers may be.
    guard multiple != size, dimension == .batch || multiple <= LayerShape.limit,
      let aligned = points[point.key.with(dimension, multiple)]
    else { return nil }
    let below = multiple - pairs.alignment
    let lower = below > 0 ? points[point.key.with(dimension, below)] : nil
    guard below <= 0 || lower != nil else { return nil }
    let share = Double(size - below) / Double(pairs.alignment)
    let work = point.key.operations / aligned.key.operations
    let gain = logarithm([point, aligned] + [lower].compactMap { $0 }) { times in
      // Below the first multiple its share of the time of that.
      times[0] - log(times.count > 2 ? (1 - share) * exp(times[2]) + share * exp(times[1]) : work * exp(times[1]))
    }
    let padding = logarithm([aligned, point]) { $0[0] - $0[1] }
    let sampled = [point, aligned, lower].compactMap { $0 }.map(\.samples.seconds.count)
    let hasInterval = (sampled.min() ?? 0) >= MedianBootstrap.leastCount
    let margin = AlignmentAnalysis.margin
    return Match(
      pair: AlignmentAnalysis.Pair(
        dimension: dimension, key: point.key, size: size, multiple: multiple,
        gain: gain.comparison(margin: margin, hasInterval: hasInterval), isBetweenMultiples: lower != nil,
        padding: padding.comparison(margin: margin, hasInterval: hasInterval)),
      gain: gain)
  }

  /// A function of the logarithms of some points' times.
  private func logarithm(_ points: [GEMMPoint], _ function: ([Double]) -> Double) -> DrawnLogarithm {
    let value = function(points.map { quartiles.values[$0.key] ?? 0 })
    let draws = points.map { quartiles.draws[$0.key] ?? [] }
    return DrawnLogarithm(
      value: value,
      draws: (0..<(draws.map(\.count).min() ?? 0)).map { draw in
        value + (function(draws.map { $0[draw] }) - value) * quartiles.stretch
      })
  }
}

extension GEMMPointKey {
  /// The size in a dimension.
  fileprivate func size(_ dimension: AlignedDimension) -> Int {
    switch dimension {
    case .batch: batch
    case .inputs: layer.inputs
    case .outputs: layer.outputs
    }
  }

  /// The same product with another size in a dimension.
  fileprivate func with(_ dimension: AlignedDimension, _ size: Int) -> GEMMPointKey {
    var key = self
    switch dimension {
    case .batch: key.batch = size
    case .inputs: key.layer = LayerShape(inputs: size, outputs: layer.outputs)
    case .outputs: key.layer = LayerShape(inputs: layer.inputs, outputs: size)
    }
    return key
  }
}
