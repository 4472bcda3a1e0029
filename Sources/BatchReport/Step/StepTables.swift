import BatchProfiling
public import BatchScience
public import BatchTraining

/// The tables of a profile of training steps.
enum StepTables {
  private typealias Field = TableField<StepRow>

  /// A row a batch size.
  static func main(_ rows: [StepRow]) -> TextTable {
    TextTable(rows, fields: [speed, phases, use, advice, memory, quality].flatMap { $0 })
  }

  private static var speed: [Field] {
    var fields: [Field] = [
      .integer("batch", "batch") { $0.point.batch },
      Field("seconds", "time") { row in
        .number(row.point.time?.value) { _ in row.point.time.map(IntervalFormat.spread) ?? "" }
      },
    ]
    fields += Field.ends("seconds") { $0.point.time?.interval }
    fields.append(
      .number("examples_per_second", "examples/s", { $0.point.throughput }) {
        NumberFormat.significant($0, digits: 3)
      })
    fields.append(.number("peak_share", "of peak", { $0.point.ratioToPeak }) { NumberFormat.percent($0) })
    fields.append(.number("gemm_share", "GEMM", { $0.productShare }, as: percent))
    fields.append(.number("openblas_share", "by OpenBLAS", { $0.point.openBLAS?.share }, as: percent))
    return fields
  }

  private static var phases: [Field] {
    StepPhase.allCases.map { phase in
      .number("\(phase.rawValue.replacing("-", with: "_"))_share", title(phase), { $0.share(phase) }, as: percent)
    }
  }

  private static func title(_ phase: StepPhase) -> String {
    switch phase {
    case .backwardData: "bwd data"
    case .backwardWeights: "bwd weights"
    default: phase.rawValue
    }
  }

  private static var use: [Field] {
    [
      .number("cpu_utilisation", "CPU", { $0.point.time == nil ? nil : $0.point.utilisation }, as: percent),
      .number("memory_bytes", "memory", { Double($0.point.memory.byteCount) }, as: NumberFormat.bytes),
    ]
  }

  private static var advice: [Field] {
    var fields: [Field] = [.text("advice", "advice") { $0.adviceText }]
    fields.append(.machine("next_better") { $0.advice?.nextBetter.map { Double($0) } })
    fields.append(.machine("relative_to_earlier_best") { $0.advice?.relativeToEarlierBest?.value })
    fields += Field.ends("relative_to_earlier_best") { $0.advice?.relativeToEarlierBest?.interval }
    return fields
  }

  private static var memory: [Field] {
    [
      .machine("parameter_bytes") { Double($0.point.memory.parameterBytes) },
      .machine("gradient_bytes") { Double($0.point.memory.gradientBytes) },
      .machine("optimizer_state_bytes") { Double($0.point.memory.optimizerStateBytes) },
      .machine("batch_bytes") { Double($0.point.memory.batchBytes) },
      .machine("activation_bytes") { Double($0.point.memory.activationBytes) },
      .machine("scratch_bytes") { Double($0.point.memory.scratchBytes) },
    ]
  }

  private static var quality: [Field] {
    [
      .machine("samples") { Double($0.point.samples.times.count) },
      .machine("discarded") { Double($0.point.samples.discarded) },
      .machine("disturbed_cycles") { Double($0.point.samples.disturbedCycles) },
    ]
  }

  private static func percent(_ share: Double) -> String { NumberFormat.percent(share, decimals: 0) }

  /// A row for each stretch of batch sizes over which the time is a straight line.
  static func segments(_ segments: [StepTimeModel.Segment]) -> TextTable {
    var fields: [TableField<StepTimeModel.Segment>] = [
      .integer("batch_from", "batch from") { $0.batches.lowerBound },
      .integer("batch_to", "to") { $0.batches.upperBound },
      TableField("alpha_seconds", "α, a step") { estimate($0.alpha) },
    ]
    fields += TableField.ends("alpha_seconds") { $0.alpha.interval }
    fields.append(TableField("beta_seconds", "β, an example") { estimate($0.beta) })
    fields += TableField.ends("beta_seconds") { $0.beta.interval }
    return TextTable(segments, fields: fields)
  }

  /// A row for each batch size that was held back from the fit and foretold.
  static func predictions(_ predictions: [LinearityTest.Prediction]) -> TextTable {
    var fields: [TableField<LinearityTest.Prediction>] = [
      .integer("batch", "batch") { $0.batch },
      TableField("predicted_seconds", "foretold") { estimate($0.predicted) },
    ]
    fields += TableField.ends("predicted_seconds") { $0.predicted.interval }
    fields.append(TableField("measured_seconds", "measured") { estimate($0.measured) })
    fields += TableField.ends("measured_seconds") { $0.measured.interval }
    fields.append(
      .number("error", "error", { $0.relativeError }) { IntervalFormat.percent($0, nil, signed: true) })
    fields.append(.text("intervals_overlap", "intervals overlap") { $0.intervalsOverlap ? "yes" : "no" })
    return TextTable(predictions, fields: fields)
  }

  private static func estimate(_ estimate: BootstrapEstimate) -> TextTable.Cell {
    .number(estimate.value) { IntervalFormat.duration($0, estimate.interval) }
  }
}

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

/// What a profile of training steps would time, before it does.
public enum StepPlanTable {
  /// A row for each thing that the profile depends on, and the time and memory that it takes.
  public static func table(_ plan: StepProfilePlan, memory: StepMemory) -> TextTable {
    .facts([
      ("model", plan.model), ("data", plan.data), ("loss", plan.loss.name), ("optimizer", plan.optimizer),
      ("batch sizes", plan.batchSizes.map(String.init).joined(separator: ", ")), ("threads", "\(plan.threads)"),
      ("precision", plan.precision.rawValue), ("memory of a step", NumberFormat.bytes(Double(memory.byteCount))),
      (
        "time",
        "\(plan.timing.minimumCycles) samples of each, and up to "
          + "\(NumberFormat.duration(plan.timing.maximumSeconds)) until all are known well enough"
      ),
    ])
  }
}
