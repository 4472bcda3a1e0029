import BatchProfiling
import BatchScience
import BatchTraining

/// The report of a profile of training steps by batch size.
struct StepReport: ProfileContent {
  let profile: StepProfile
  /// What the times come to, or why nothing can be made of them.
  let analysis: Result<StepAnalysis, StepTimeError>
  let rows: [StepRow]

  init(_ profile: StepProfile) {
    self.profile = profile
    analysis = Result { () throws(StepTimeError) in try StepAnalysis(profile) }
    let advice = ((try? analysis.get())?.advice ?? []).map { ($0.batch, $0) }
    let byBatch = Dictionary(advice, uniquingKeysWith: { first, _ in first })
    rows = profile.points.map { StepRow(point: $0, advice: byBatch[$0.batch]) }
  }

  /// What the times come to; nil where too little was measured.
  var fit: StepAnalysis? { try? analysis.get() }

  /// The rows of batch sizes that were timed.
  var timed: [StepRow] { rows.filter { $0.point.time != nil } }

  var title: String { "What batch size does to a training step of \(profile.plan.model)" }

  var subtitle: String {
    "\(timed.count) of \(rows.count) batch sizes, on \(profile.plan.data), \(profile.plan.optimizer), "
      + "\(NumberFormat.count(profile.plan.threads, "thread"))."
  }

  var findings: [String] { StepFindings(self).sentences }

  var tables: [TextTable] {
    [StepTables.main(rows)]
      + [segmentTable, predictionTable].filter { !$0.rows.isEmpty }
  }

  private var segmentTable: TextTable { StepTables.segments(fit?.model.segments ?? []) }
  private var predictionTable: TextTable { StepTables.predictions(fit?.linearity?.predictions ?? []) }

  var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section(
        "Throughput and time", charts: timed.isEmpty ? [] : [throughputChart, timeChart], tables: [segmentTable]),
      HTMLReport.Section(
        "How well the line foretells",
        paragraphs: predictionTable.rows.isEmpty
          ? []
          : [
            (profile.plan.fittedSizes.isEmpty
              ? "Every other batch size was held back, the line fitted to the rest, and its times compared with those "
              : "The line was fitted to \(profile.plan.fittedSizes.count) batch sizes, and its times compared with those ")
              + "measured."
          ],
        tables: [predictionTable]),
      HTMLReport.Section("Where the time goes", charts: [phaseChart].compactMap { $0 }),
      HTMLReport.Section("Memory", charts: [memoryChart].compactMap { $0 }),
      HTMLReport.Section("All batch sizes", tables: [StepTables.main(rows)]),
      HTMLReport.Section("How to read this", paragraphs: definitions),
    ].filter { section in
      !section.charts.isEmpty || section.tables.contains { !$0.rows.isEmpty } || section.heading == "How to read this"
    }
  }

  private var definitions: [String] {
    [
      "T(B) = α + βB: α is what a step costs whatever its batch, β what each example adds. 1/β is the throughput that "
        + "ever larger batches approach, and α/β the batch that reaches half of it. There are as many segments as the "
        + "noise lets tell apart.",
      "A batch size is to be avoided where a smaller one surely has a throughput higher by more than 5 %. "
        + "An update that is fused with the gradient of the weights is what that phase takes longer than the gradient "
        + "alone.",
      "GEMM is the share of the phases forward, backward-data and backward-weights. CPU is the processors' share of "
        + "time in which the process ran on them, threads that wait by spinning included.",
    ] + ProfileDefinitions.timing
  }

  var circumstances: [(name: String, value: String)] {
    let plan = profile.plan
    let own: [(name: String, value: String)] = [
      ("Model", "\(plan.model), \(plan.inputs) inputs, \(plan.outputs) outputs"), ("Data", plan.data),
      ("Loss", plan.loss.name), ("Optimizer", plan.optimizer),
      ("Threads", "\(plan.threads)"), ("Memory asked about", NumberFormat.bytes(Double(plan.memory))),
    ]
    return own
      + ProfileCircumstances(
        environment: profile.environment, ceilings: profile.ceilings, precision: plan.precision,
        threads: [plan.threads], timing: plan.timing, cycles: profile.cycles, seconds: profile.seconds
      ).list
  }
}
