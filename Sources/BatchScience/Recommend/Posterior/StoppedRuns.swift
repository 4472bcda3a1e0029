import Glibc

/// Runs that were stopped before the goal: all that is known of them is that they take more steps.
struct StoppedRuns {
  /// ln of the batch of each run.
  let logBatches: [Double]
  /// ln of the updates after which each was stopped.
  let logBounds: [Double]

  /// Where the distribution of ln S_min is looked at, in deviations from its mean, at equal distances.
  private static let nodes = (0..<21).map { -4 + 0.4 * Double($0) }
  private static let nodeWeights = nodes.map { exp(-$0 * $0 / 2) }

  init(_ runs: [StepsToGoal]) {
    let stopped = runs.filter(\.isLowerBound)
    logBatches = stopped.map { log(Double($0.batch)) }
    logBounds = stopped.map { log($0.steps) }
  }

  var isEmpty: Bool { logBatches.isEmpty }

  /// The logarithm of the probability that all runs take more than they did, over a normal distribution of ln S_min.
  ///
  /// `rises` is what the form has above ln S_min at each run, `noise` the deviation of a run about the form.
  func logProbability(rises: [Double], center: Double, deviation: Double, noise: Double) -> Double {
    let weights = weights(rises, center, deviation, noise)
    return log(max(weights.reduce(0, +), .leastNormalMagnitude) / Self.nodeWeights.reduce(0, +))
  }

  /// Draws ln S_min from its normal distribution, cut by what the runs leave of it.
  ///
  /// `share` and `jitter` lie in [0, 1).
  func draw(
    rises: [Double], center: Double, deviation: Double, noise: Double, share: Double, jitter: Double
  ) -> Double {
    let weights = weights(rises, center, deviation, noise)
    var left = share * weights.reduce(0, +)
    let node = weights.firstIndex { weight in
      left -= weight
      return left < 0
    }
    // Where the runs exclude all of it the largest value is the least wrong.
    let value = Self.nodes[node ?? Self.nodes.count - 1] + 0.4 * (jitter - 0.5)
    return center + deviation * value
  }

  private func weights(_ rises: [Double], _ center: Double, _ deviation: Double, _ noise: Double) -> [Double] {
    zip(Self.nodes, Self.nodeWeights).map { node, weight in
      var weight = weight
      for (rise, bound) in zip(rises, logBounds) {
        // P(N(0, 1) > z) of the distance from what the form says to the bound.
        weight *= erfc((bound - center - deviation * node - rise) / noise / 2.0.squareRoot()) / 2
      }
      return weight
    }
  }
}
