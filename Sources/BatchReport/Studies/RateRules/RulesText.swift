import BatchFoundation
import BatchScience
import BatchTraining

/// How a rules study's variants and figures are named in sentences and charts.
struct RulesText {
  let measure: MeasureText
  let plan: RulesPlan

  /// `linear with warm-up`, `linear`, `the rate as it is`.
  func name(_ variant: RuleVariant) -> String { Self.name(variant.rule) + (variant.warmsUp ? " with warm-up" : "") }

  /// `linear`, `the rate as it is`.
  static func name(_ rule: any LearningRateRule) -> String { rule is NoScaling ? "the rate as it is" : "\(rule)" }

  /// `1 epoch`, `5 % of the training`.
  func length(_ length: TrainingLength) -> String {
    switch length {
    case .epochs(let count): count == 1 ? "1 epoch" : "\(NumberFormat.plain(count)) epochs"
    case .percent(let hundredths): "\(NumberFormat.plain(hundredths)) % of the training"
    }
  }

  /// A difference of the measure: `4.9 points [4.1, 5.7]`, or for a loss `0.12 [0.10, 0.14]`.
  func difference(_ sample: Sample) -> String {
    func text(_ value: Double) -> String {
      measure.measure == .accuracy
        ? NumberFormat.fixed(value * 100, decimals: 1) : NumberFormat.significant(value, digits: 2)
    }
    let unit = measure.measure == .accuracy ? " points" : ""
    return text(sample.mean) + unit + IntervalFormat.brackets(sample.interval, text)
  }
}

extension MeasureText {
  /// `89.1 ± 0.2 %`, `0.312 ± 0.010`: the mean and half of its 95 % interval, which is missing below two runs; or the
  /// interval where it reaches beyond what the measure can be.
  func halfWidth(_ sample: Sample) -> String {
    guard let interval = sample.interval else { return value(sample.mean) }
    guard possible(interval) == interval else { return self.interval(sample) }
    let half = (interval.upperBound - interval.lowerBound) / 2
    if measure == .loss { return "\(value(sample.mean)) ± \(NumberFormat.significant(half, digits: 2))" }
    return "\(NumberFormat.fixed(sample.mean * 100, decimals: 1)) ± \(NumberFormat.percent(half, decimals: 1))"
  }
}

extension RecoveredShare {
  /// `93 % [85, 101]`, or why there is none.
  var text: String {
    switch self {
    case .share(let share, let interval): IntervalFormat.percent(share, interval)
    case .nothingToRecover: "no clear loss"
    case .diverged(let count): "\(count) diverged"
    case .tooFewSeeds: "too few seeds"
    }
  }
}
