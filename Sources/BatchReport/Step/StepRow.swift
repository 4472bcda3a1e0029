import BatchProfiling
import BatchTraining

/// A batch size of a profile of training steps, with what to make of it.
struct StepRow: Sendable {
  let point: StepProfile.Point
  let advice: BatchAdvice?

  /// The share of the step that a phase takes; nil where the phases were not recorded.
  func share(_ phase: StepPhase) -> Double? {
    let sum = point.phases.reduce(0) { $0 + $1.seconds }
    guard sum > 0 else { return nil }
    return point.phases.filter { $0.phase == phase }.reduce(0) { $0 + $1.seconds } / sum
  }

  /// The share of the step that products take; nil where the phases were not recorded.
  var productShare: Double? { point.productShare }

  /// The examples a second at the ends of the time's interval; nil where that reaches down to zero, as on a disturbed
  /// machine.
  var throughputInterval: ClosedRange<Double>? {
    guard let interval = point.time?.interval, interval.lowerBound > 0 else { return nil }
    return Double(point.batch) / interval.upperBound...Double(point.batch) / interval.lowerBound
  }

  /// `avoid; take 64`, or that a larger batch takes no longer.
  var adviceText: String? {
    guard let advice else { return nil }
    if advice.isToAvoid { return "avoid" + (advice.nextBetter.map { "; take \($0)" } ?? "") }
    return advice.nextBetter.map { "\($0) takes no longer" } ?? ""
  }
}
