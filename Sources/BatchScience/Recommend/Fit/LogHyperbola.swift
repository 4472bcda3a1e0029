import Glibc

/// A hyperbola S_min(1 + B_c/B), by logarithms; at its limits a line of slope −1, or no slope.
struct LogHyperbola: Sendable, Hashable {
  /// ln B_c: −∞ where the steps do not depend on the batch, ∞ where they halve with every doubling.
  let logCritical: Double
  /// ln S_min: −∞ for the line of slope −1.
  let logMinimum: Double
  /// ln S_min·B_c: −∞ where the steps do not depend on the batch.
  let logExamples: Double

  /// ln S at a batch of the given logarithm.
  func logSteps(atLog logBatch: Double) -> Double {
    logCritical == .infinity
      ? logExamples - logBatch : logMinimum + StepsCurve.logRise(logCritical - logBatch, 1)
  }
}

/// The search for the hyperbola that is nearest to mean ln S of some batch sizes, by least squares.
struct HyperbolaSearch {
  /// The ln B_c that are told from none and from ∞: beyond a hundred times the sizes tried the curve is within 1 % of
  /// its limit.
  let limits: ClosedRange<Double>
  private let logBatches: [Double]
  private static let stepCount = 60

  init(batches: [Int]) {
    logBatches = batches.map { log(Double($0)) }
    limits = (logBatches.min() ?? 0) - log(100)...(logBatches.max() ?? 0) + log(100)
  }

  /// The nearest curve.
  ///
  /// Given B_c, ln S_min is the mean of the rest, so that one unknown is left to search for.
  func fit(_ logMeans: [Double]) -> LogHyperbola {
    let width = (limits.upperBound - limits.lowerBound) / Double(Self.stepCount)
    var best = (step: 0, squares: Double.infinity)
    for step in 0...Self.stepCount {
      let squares = squares(atLog: limits.lowerBound + Double(step) * width, logMeans).squares
      if squares < best.squares { best = (step, squares) }
    }
    let logCritical =
      switch best.step {
      case 0: -Double.infinity
      case Self.stepCount: Double.infinity
      default: narrowed(limits.lowerBound + Double(best.step) * width, width, logMeans)
      }
    return curve(logCritical, logMeans)
  }

  /// The sum of the squares by which ln S lie from a curve.
  func squares(of curve: LogHyperbola, _ logMeans: [Double]) -> Double {
    zip(logBatches, logMeans).reduce(0) { sum, size in
      let rest = size.1 - curve.logSteps(atLog: size.0)
      return sum + rest * rest
    }
  }

  private func curve(_ logCritical: Double, _ logMeans: [Double]) -> LogHyperbola {
    let count = Double(logMeans.count)
    guard logCritical.isFinite else {
      let mean = logMeans.reduce(0, +) / count
      return logCritical < 0
        ? LogHyperbola(logCritical: logCritical, logMinimum: mean, logExamples: -.infinity)
        : LogHyperbola(
          logCritical: logCritical, logMinimum: -.infinity, logExamples: mean + logBatches.reduce(0, +) / count)
    }
    let minimum = squares(atLog: logCritical, logMeans).logMinimum
    return LogHyperbola(logCritical: logCritical, logMinimum: minimum, logExamples: minimum + logCritical)
  }

  /// Golden-section search within one step on both sides.
  private func narrowed(_ middle: Double, _ width: Double, _ logMeans: [Double]) -> Double {
    let golden = (5.0.squareRoot() - 1) / 2
    var (low, high) = (middle - width, middle + width)
    var (left, right) = (high - golden * (high - low), low + golden * (high - low))
    var (atLeft, atRight) = (squares(atLog: left, logMeans).squares, squares(atLog: right, logMeans).squares)
    while high - low > 1e-6 {
      if atLeft < atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - golden * (high - low)
        atLeft = squares(atLog: left, logMeans).squares
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + golden * (high - low)
        atRight = squares(atLog: right, logMeans).squares
      }
    }
    return (low + high) / 2
  }

  private func squares(atLog logCritical: Double, _ logMeans: [Double]) -> (squares: Double, logMinimum: Double) {
    let count = Double(logMeans.count)
    var (sum, squares) = (0.0, 0.0)
    let first = logMeans[0] - StepsCurve.logRise(logCritical - logBatches[0], 1)
    for index in logMeans.indices {
      // About the first rest, so that no large squares cancel.
      let rest = logMeans[index] - StepsCurve.logRise(logCritical - logBatches[index], 1) - first
      sum += rest
      squares += rest * rest
    }
    return (squares - sum * sum / count, first + sum / count)
  }
}
