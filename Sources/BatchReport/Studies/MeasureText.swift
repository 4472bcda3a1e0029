import BatchFoundation
import BatchScience

/// How the measure of a sweep is written.
struct MeasureText {
  let measure: RunMeasure

  /// `validation accuracy` or `validation loss`.
  func name(_ part: String) -> String { "\(part) \(measure.rawValue)" }

  /// `89.1 %` or `0.312`.
  func value(_ value: Double) -> String {
    measure == .accuracy ? NumberFormat.percent(value) : NumberFormat.significant(value, digits: 3)
  }

  /// `89.1 % [88.7 %, 89.4 %]`, with the interval where there is one.
  func interval(_ sample: Sample) -> String {
    guard let interval = possible(sample.interval) else { return value(sample.mean) }
    return "\(value(sample.mean)) [\(value(interval.lowerBound)), \(value(interval.upperBound))]"
  }

  /// An interval without the values that the measure cannot have: a share ends at 0 and 1, a loss at 0.
  func possible(_ interval: ClosedRange<Double>?) -> ClosedRange<Double>? {
    interval?.clamped(to: measure == .accuracy ? 0...1 : 0...Double.infinity)
  }

  /// `89.1 ± 0.2 %`: the mean and the standard deviation over the seeds.
  func spread(_ sample: Sample) -> String {
    guard let deviation = sample.deviation else { return value(sample.mean) }
    if measure == .loss { return "\(value(sample.mean)) ± \(NumberFormat.significant(deviation, digits: 2))" }
    return "\(NumberFormat.fixed(sample.mean * 100, decimals: 1)) ± \(NumberFormat.percent(deviation, decimals: 2))"
  }

  /// The axis of the measure.
  func axis(_ part: String) -> Axis { Axis(name(part), format: measure == .accuracy ? .percent : .number) }
}
