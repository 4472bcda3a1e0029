import BatchFoundation
import BatchScience
import BatchTraining

/// The tables of a rules study.
enum RulesTables {
  /// A row for each batch size: for each variant the mean of the test measure and half of its 95 % interval, and for
  /// each rule the learning rate.
  static func outcomes(_ analysis: RulesAnalysis) -> TextTable {
    let text = MeasureText(measure: analysis.measure)
    var fields = [TableField<Int>.integer("batch_size", "batch size") { $0 }]
    for variant in analysis.variants {
      let key = "test_\(analysis.measure.rawValue)_\(Self.key(variant))"
      fields.append(
        TableField(key, "\(variant)") { size in
          guard let cell = analysis.cell(variant, size) else { return .missing }
          return outcome(cell, text)
        })
      fields += TableField.ends(key) { text.possible(analysis.cell(variant, $0)?.summary.test.interval) }
      fields.append(
        .machine("diverged_\(Self.key(variant))") {
          analysis.cell(variant, $0).map { Double($0.summary.divergedCount) }
        })
    }
    var seen: Set<String> = []
    for variant in analysis.variants where seen.insert(variant.rule.description).inserted {
      let own = analysis.variants.filter { $0.rule.description == variant.rule.description }
      fields.append(
        .number("learning_rate_\(Self.key(RuleVariant(rule: variant.rule, warmsUp: false)))", "rate, \(variant.rule)") {
          size in
          own.lazy.compactMap { analysis.cell($0, size)?.learningRate }.first
        } as: {
          NumberFormat.significant($0, digits: 3)
        })
    }
    return TextTable(analysis.batchSizes, fields: fields)
  }

  /// The mean of the runs that finished, and how many did not.
  private static func outcome(_ cell: RulesAnalysis.Cell, _ text: MeasureText) -> TextTable.Cell {
    let diverged = cell.summary.divergedCount
    guard !cell.summary.trials.isEmpty else {
      return TextTable.Cell(value: .missing, text: "\(diverged) of \(cell.trialCount) diverged")
    }
    let note = diverged > 0 ? " (\(diverged) of \(cell.trialCount) diverged)" : ""
    return .number(cell.summary.test.mean) { _ in text.halfWidth(cell.summary.test) + note }
  }

  /// A row for each batch size but the base: what the rate as it is loses, and what each other variant recovers.
  static func recovered(_ analysis: RulesAnalysis) -> TextTable {
    let difference = { (value: Double) -> String in
      analysis.measure == .accuracy
        ? "\(NumberFormat.fixed(value * 100, decimals: 1)) points" : NumberFormat.significant(value, digits: 2)
    }
    var fields = [TableField<Int>.integer("batch_size", "batch size") { $0 }]
    fields.append(
      .number("loss", "lost by none") {
        analysis.losses[$0]?.mean
      } as: {
        difference($0)
      })
    fields += TableField.ends("loss") { analysis.losses[$0]?.interval }
    for variant in analysis.variants where variant != .reference {
      fields.append(
        TableField("recovered_\(key(variant))", "\(variant)") { size in
          guard let recovered = analysis.cell(variant, size)?.recovered else { return .missing }
          return TextTable.Cell(
            value: recovered.value.map { .number($0) } ?? .missing, text: recovered.text)
        })
      fields += TableField.ends("recovered_\(key(variant))") { analysis.cell(variant, $0)?.recovered?.interval }
    }
    return TextTable(analysis.batchSizes.filter { $0 != analysis.baseBatch }, fields: fields)
  }

  /// A row for each trial, in full precision: the study's `results.csv`.
  static func trials(_ results: StudyResults<RulesPlan>, _ analysis: RulesAnalysis) -> TextTable {
    typealias Subject = (variant: RuleVariant, run: TrainedRun)
    let subjects = zip(results.trials, results.runs).map { (variant: $0.trial.variant, run: $1) }
    let fields: [TableField<Subject>] = [
      .text("variant", "variant") { $0.variant.name }, .text("rule", "rule") { "\($0.variant.rule)" },
      .text("warm_up", "warm-up") { results.plan.recipe(of: $0.variant).warmUp?.description },
      .integer("batch_size", "batch size") { $0.run.batchSize },
      .machine("seed") { Double($0.run.seed) },
      .machine("learning_rate") { analysis.cell($0.variant, $0.run.batchSize)?.learningRate },
      .machine("diverged_at_update") { $0.run.outcome.divergedAtUpdate.map(Double.init) },
      .machine("updates") { Double($0.run.last.update) },
      .machine("seconds") { $0.run.quietSeconds?.last?.value },
      .machine("seconds_low") { $0.run.quietSeconds?.last?.interval.lowerBound },
      .machine("seconds_high") { $0.run.quietSeconds?.last?.interval.upperBound },
      .machine("elapsed_seconds") { $0.run.last.seconds },
      .machine("test_accuracy") { $0.run.outcome.testAccuracy }, .machine("test_loss") { $0.run.outcome.testLoss },
      .machine("validation_accuracy") { $0.run.last.validationAccuracy },
      .machine("validation_loss") { $0.run.last.validationLoss },
      .machine("training_accuracy") { $0.run.last.trainingAccuracy },
      .machine("training_loss") { $0.run.last.trainingLoss },
    ]
    return TextTable(subjects, fields: fields)
  }

  /// `linear_warm_up`: a variant in the name of a column.
  private static func key(_ variant: RuleVariant) -> String { variant.name.replacing("-", with: "_") }
}

extension RecoveredShare {
  /// The share, where there is one.
  var value: Double? {
    if case .share(let share, _) = self { share } else { nil }
  }

  /// The interval of the share, where there is one.
  var interval: ClosedRange<Double>? {
    if case .share(_, let interval) = self { interval } else { nil }
  }
}

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
