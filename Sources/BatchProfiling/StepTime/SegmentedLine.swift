/// A continuous line of straight segments α + βB over the batch size B, with α ≥ 0 and β ≥ 0 in each.
struct SegmentedLine {
  /// The batch sizes at which segments begin and end, ascending: one more than segments.
  let nodes: [Int]
  /// The value at B = 0 of each segment, prolonged.
  let alphas: [Double]
  /// The slope of each segment.
  let betas: [Double]

  /// The value at a batch size; beyond the ends the outer segments go on.
  func value(at batch: Int) -> Double {
    let segment = Self.segment(of: batch, nodes: nodes)
    return alphas[segment] + betas[segment] * Double(batch)
  }

  /// The size B at which the line has half the throughput 1/β of its last segment, T(B) = 2βB; infinite for β = 0.
  ///
  /// T/B never rises, since no α is negative, so that the first segment to get there is the only one.
  var halfThroughputBatch: Double {
    let last = betas.count - 1
    for segment in 0..<last {
      let excess = 2 * betas[last] - betas[segment]
      guard excess > 0, alphas[segment] <= excess * Double(nodes[segment + 1]) else { continue }
      return alphas[segment] / excess
    }
    return alphas[last] / betas[last]
  }

  /// The segment that holds a batch size: at a node the later one, outside the first or the last.
  static func segment(of batch: Int, nodes: [Int]) -> Int {
    nodes[1..<nodes.count - 1].firstIndex { batch < $0 }.map { $0 - 1 } ?? nodes.count - 2
  }
}

/// The least-squares fit of a ``SegmentedLine`` with given nodes to times at given batch sizes.
///
/// The unknowns are the values v at the nodes; in between the line interpolates. Errors count in relation to the time,
/// Σ(line/T − 1)². In the values, β ≥ 0 reads vₖ ≤ vₖ₊₁ and α ≥ 0 reads vₖ₊₁ ≤ vₖ·bₖ₊₁/bₖ.
struct SegmentedFit {
  /// The batch sizes at which segments begin and end; the first and the last measured size are among them.
  let nodes: [Int]
  /// For each measured size its segment, and how far along it lies, 0 at its beginning and 1 at its end.
  private let places: [(segment: Int, share: Double)]

  /// What is required of a segment: nothing, β = 0, or α = 0.
  private enum Bound: CaseIterable {
    case free
    case flat
    case proportional
  }

  /// A fit whose nodes are the first, the last and the given inner ones of the ascending `batches`.
  init(batches: [Int], knots: [Int]) {
    nodes = [batches[0]] + knots.map { batches[$0] } + [batches[batches.count - 1]]
    places = batches.map { [nodes] batch in
      let segment = SegmentedLine.segment(of: batch, nodes: nodes)
      return (segment, Double(batch - nodes[segment]) / Double(nodes[segment + 1] - nodes[segment]))
    }
  }

  /// The line of the least sum of squared relative errors, and that sum.
  ///
  /// The minimum over the allowed lines is the minimum over those that keep some bounds as equations, for one choice
  /// of bounds. There are at most 3³ choices, all tried unless the free one is allowed.
  func line(through times: [Double]) -> (line: SegmentedLine, error: Double) {
    var best: (line: SegmentedLine, error: Double)?
    for choice in 0..<Self.power(3, nodes.count - 1) {
      let bounds = (0..<nodes.count - 1).map { Bound.allCases[choice / Self.power(3, $0) % 3] }
      guard let fit = line(through: times, keeping: bounds) else { continue }
      if choice == 0 { return fit }
      if best.map({ fit.error < $0.error }) ?? true { best = fit }
    }
    // Flat everywhere is allowed with any positive times.
    guard let best else { preconditionFailure("no line through \(times)") }
    return best
  }

  /// The best line with some bounds as equations; nil when it breaks one of the others.
  private func line(through times: [Double], keeping bounds: [Bound]) -> (line: SegmentedLine, error: Double)? {
    // A bound ties a node to the one before: its value is a multiple of the latest free one.
    var group = [0]
    var factor = [1.0]
    for (segment, bound) in bounds.enumerated() {
      group.append(group[segment] + (bound == .free ? 1 : 0))
      switch bound {
      case .free: factor.append(1)
      case .flat: factor.append(factor[segment])
      case .proportional: factor.append(factor[segment] * Double(nodes[segment + 1]) / Double(nodes[segment]))
      }
    }
    let values = freeValues(times, group, factor)
    let v = nodes.indices.map { factor[$0] * values[group[$0]] }

    var alphas: [Double] = []
    var betas: [Double] = []
    for (segment, bound) in bounds.enumerated() {
      let (b, end) = (Double(nodes[segment]), Double(nodes[segment + 1]))
      var (alpha, beta) = (0.0, 0.0)
      switch bound {
      case .free:
        beta = Self.cleared((v[segment + 1] - v[segment]) / (end - b), of: v[segment] / (end - b))
        alpha = Self.cleared(v[segment] - beta * b, of: v[segment])
      case .flat: alpha = v[segment]
      case .proportional: beta = v[segment] / b
      }
      guard alpha >= 0, beta >= 0 else { return nil }
      alphas.append(alpha)
      betas.append(beta)
    }
    var error = 0.0
    for (place, time) in zip(places, times) {
      let value = (1 - place.share) * v[place.segment] + place.share * v[place.segment + 1]
      error += (value / time - 1) * (value / time - 1)
    }
    return (SegmentedLine(nodes: nodes, alphas: alphas, betas: betas), error)
  }

  /// The free values from their normal equations, which are tridiagonal since a time depends on two neighbours only.
  private func freeValues(_ times: [Double], _ group: [Int], _ factor: [Double]) -> [Double] {
    let count = group[group.count - 1] + 1
    var diagonal = [Double](repeating: 0, count: count)
    var beside = [Double](repeating: 0, count: count)
    var right = [Double](repeating: 0, count: count)
    for (place, time) in zip(places, times) {
      let (first, second) = (group[place.segment], group[place.segment + 1])
      let a = (1 - place.share) * factor[place.segment] / time
      let b = place.share * factor[place.segment + 1] / time
      if first == second {
        diagonal[first] += (a + b) * (a + b)
        right[first] += a + b
      } else {
        diagonal[first] += a * a
        beside[first] += a * b
        diagonal[second] += b * b
        right[first] += a
        right[second] += b
      }
    }
    // Every node is a measured size, so that no pivot is zero.
    for i in 1..<max(count, 1) {
      let ratio = beside[i - 1] / diagonal[i - 1]
      diagonal[i] -= ratio * beside[i - 1]
      right[i] -= ratio * right[i - 1]
    }
    for i in (0..<count).reversed() {
      right[i] = (right[i] - (i + 1 < count ? beside[i] * right[i + 1] : 0)) / diagonal[i]
    }
    return right
  }

  /// Zero for a difference of numbers of a given size that is nothing but their rounding.
  private static func cleared(_ difference: Double, of size: Double) -> Double {
    abs(difference) <= 1e-13 * size ? 0 : difference
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { power, _ in power * base }
  }
}
