import Glibc

/// Finds the multiple that belongs to a size.
struct PairMatcher {
  struct Match {
    var pair: AlignmentAnalysis.Pair
    /// The logarithm of the gain in each cycle that both were sampled in.
    var logarithms: [Int: Double]
  }

  let pairs: AlignmentPairs
  let points: [GEMMPointKey: GEMMPoint]

  init(alignment: Int, plan: GEMMProfilePlan, points: [GEMMPointKey: GEMMPoint]) {
    pairs = AlignmentPairs(alignment: alignment, plan: plan)
    self.points = points
  }

  func matches(_ point: GEMMPoint) -> [Match] {
    AlignedDimension.allCases.compactMap { match(point, $0) }
  }

  private func match(_ point: GEMMPoint, _ dimension: AlignedDimension) -> Match? {
    // The batch only at the widths that were asked for: with others the batch sizes are few.
    guard dimension != .batch || pairs.plan.layers.contains(point.key.layer) else { return nil }
    let size = point.key.size(dimension)
    let multiple = pairs.roundedUp(size)
    guard multiple != size, let aligned = points[point.key.with(dimension, multiple)] else { return nil }
    let below = multiple - pairs.alignment
    let line = CycleLine(
      below: below > 0 ? points[point.key.with(dimension, below)] : nil, above: aligned,
      share: Double(size - below) / Double(pairs.alignment),
      work: point.key.operations / aligned.key.operations)
    let expected = line.seconds
    let times = point.samples.timesByCycle
    let cycles = times.keys.filter { expected[$0] != nil }.sorted()
    guard !cycles.isEmpty else { return nil }
    let measured = cycles.map { times[$0] ?? .nan }
    let predicted = cycles.map { expected[$0] ?? .nan }
    let (alignedTimes, others) = aligned.samples.sharedTimes(with: point.samples)
    let margin = AlignmentAnalysis.margin
    return Match(
      pair: AlignmentAnalysis.Pair(
        dimension: dimension, key: point.key, size: size, multiple: multiple,
        gain: SpeedComparison(pairing: predicted, with: measured, margin: margin),
        isBetweenMultiples: line.below != nil,
        padding: SpeedComparison(pairing: others, with: alignedTimes, margin: margin)),
      logarithms: Dictionary(
        zip(cycles, zip(predicted, measured).map { log($1 / $0) }), uniquingKeysWith: { first, _ in first }))
  }
}

/// The times that a size would have on the line between those of the multiples next to it, cycle by cycle; below the
/// first multiple its share of the time of that.
private struct CycleLine {
  let below: GEMMPoint?
  let above: GEMMPoint
  /// The share of the way from the multiple below to the one above.
  let share: Double
  /// The operations at the size over those at the multiple above.
  let work: Double

  var seconds: [Int: Double] {
    let upper = above.samples.timesByCycle
    guard let below else { return upper.mapValues { $0 * work } }
    let lower = below.samples.timesByCycle
    return upper.filter { lower[$0.key] != nil }.reduce(into: [:]) { result, entry in
      result[entry.key] = (1 - share) * (lower[entry.key] ?? .nan) + share * entry.value
    }
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
