public import BatchProfiling
public import BatchTraining

/// The quiet time of a step by its batch size, between the sizes that were timed, too.
///
/// Batches of a run are all of one size but for the short last one of an epoch, and those about the moment at which a
/// batch grows: their mean size lies between two that were timed, and so does their mean time.
public struct StepTimeCurve: Sendable {
  private let sizes: [Int]
  private let times: [BootstrapEstimate]

  /// The curve through the sizes about which the machine got quiet; nil where there is none.
  public init?(_ times: StepTimes) {
    let points = times.points.compactMap { point in
      point.time.flatMap { time in
        time.interval.map { interval in
          let interval = min(interval.lowerBound, time.value)...max(interval.upperBound, time.value)
          return (point.batch, BootstrapEstimate(value: time.value, interval: interval))
        }
      }
    }
    guard !points.isEmpty else { return nil }
    sizes = points.map(\.0)
    self.times = points.map(\.1)
  }

  /// The time of a step of a size that was timed on a quiet machine; nil for another.
  public subscript(batchSize: Int) -> BootstrapEstimate? { sizes.firstIndex(of: batchSize).map { times[$0] } }

  /// The seconds of training up to each evaluation of a run; nil where batches of the run were not timed on a quiet
  /// machine.
  ///
  /// The ends of the intervals are added up as they are: an error of a step's time is the same in every step.
  public func seconds(of evaluations: [EvaluationRecord], batchSize: Int) -> [BootstrapEstimate]? {
    guard self[batchSize] != nil, evaluations.allSatisfy({ self[$0.batchSize ?? batchSize] != nil }) else { return nil }
    var (value, low, high) = (0.0, 0.0, 0.0)
    var (updates, examples) = (0, 0)
    return evaluations.map { evaluation in
      let steps = evaluation.update - updates
      if steps > 0 {
        let size = Double(evaluation.examples - examples) / Double(steps)
        value += Double(steps) * time(size, \.value)
        low += Double(steps) * time(size, \.interval.lowerBound)
        high += Double(steps) * time(size, \.interval.upperBound)
        (updates, examples) = (evaluation.update, evaluation.examples)
      }
      return BootstrapEstimate(value: value, interval: min(low, value)...max(high, value))
    }
  }

  /// The time at a size: on the line between its neighbours, below the smallest on the line through the first two, above
  /// the largest that of the largest.
  private func time(_ size: Double, _ part: KeyPath<BootstrapEstimate, Double>) -> Double {
    func at(_ index: Int) -> (size: Double, time: Double) { (Double(sizes[index]), times[index][keyPath: part]) }
    let next = sizes.firstIndex { Double($0) >= size } ?? sizes.count - 1
    let upper = at(next)
    guard size < upper.size else { return upper.time }
    if next > 0 {
      let lower = at(next - 1)
      return lower.time + (upper.time - lower.time) * (size - lower.size) / (upper.size - lower.size)
    }
    guard sizes.count > 1 else { return upper.time }
    let second = at(1)
    // Fewer examples neither take longer nor less time an example.
    let slope = min(max(0, (second.time - upper.time) / (second.size - upper.size)), upper.time / upper.size)
    return upper.time - slope * (upper.size - size)
  }
}
