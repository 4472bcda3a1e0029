import BatchFoundation
import BatchProfiling
import BatchScience

/// How a study's seconds are told: those of a quiet machine, which are updates times step times, and beside them those of
/// the clock, with what disturbed them.
struct StudySeconds<Plan: TrainingStudyPlan> {
  let results: StudyResults<Plan>
  /// The batch sizes of which runs finished, ascending.
  let learners: [BatchSizeSummary]

  private var threads: Int { results.description.context.threads }

  /// A row for each batch size: the time of an update and of a run, the clock's, and what kept the runs from processors.
  var table: TextTable {
    let fields: [TableField<BatchSizeSummary>] =
      [.integer("batch_size", "batch size") { $0.batchSize }]
      + Self.fields("seconds_per_update", "time of an update", \.secondsPerUpdate)
      + Self.fields("examples_per_second", "examples/s", \.examplesPerSecond, IntervalFormat.number)
      + Self.fields("seconds_per_run", "training time of a run", \.seconds) + [
        .number("elapsed_seconds_per_run", "elapsed") {
          $0.elapsedSeconds.mean
        } as: {
          NumberFormat.duration($0)
        },
        .number("elapsed_over_quiet", "elapsed / quiet") {
          $0.hasQuietSeconds ? $0.elapsedSeconds.mean / $0.seconds.value : nil
        } as: {
          NumberFormat.fixed($0, decimals: 2)
        },
        .number("processor_share", "on processors") {
          share($0) { $0.processorSeconds / Double(threads) }
        } as: {
          NumberFormat.percent($0, decimals: 0)
        },
        .number("switches_per_second", "switched out") {
          share($0) { Double($0.involuntarySwitches) }
        } as: {
          "\(NumberFormat.significant($0, digits: 2))/s"
        },
        .number("stolen_seconds_per_second", "stolen") {
          share($0, \.stolenSeconds)
        } as: {
          "\(NumberFormat.significant($0, digits: 2)) s/s"
        },
      ]
    return TextTable(learners, fields: fields)
  }

  /// A figure of a quiet machine with its interval.
  private static func fields(
    _ key: String, _ title: String, _ figure: KeyPath<BatchSizeSummary, SecondsFigure>,
    _ text: @escaping (Double, ClosedRange<Double>?) -> String = IntervalFormat.duration
  ) -> [TableField<BatchSizeSummary>] {
    [
      TableField(key, title) { summary in
        let figure = summary[keyPath: figure]
        return .number(figure.quietValue) { text($0, figure.quietInterval) }
      }
    ] + TableField.ends(key) { $0[keyPath: figure].quietInterval }
  }

  /// Something of the runs of a batch size for each second of the clock; nil where nobody recorded it.
  private func share(_ summary: BatchSizeSummary, _ part: (ElapsedTime) -> Double?) -> Double? {
    let times = summary.trials.compactMap(\.elapsed)
    let parts = times.compactMap(part)
    let seconds = times.reduce(0) { $0 + $1.wallSeconds }
    return parts.isEmpty || parts.count < times.count || seconds <= 0 ? nil : parts.reduce(0, +) / seconds
  }

  /// A chart of a time or a rate by batch size: that of the quiet machine with its interval, and pale that of each run by
  /// the clock.
  func chart(
    question: String, answer: String, y: Axis, style: Series.Style, color: SeriesColor,
    _ figure: KeyPath<BatchSizeSummary, SecondsFigure>, elapsed: (TrainedRun) -> Double
  ) -> Chart {
    let quiet = learners.filter(\.hasQuietSeconds)
    let points = quiet.map { summary in
      let figure = summary[keyPath: figure]
      return Series.Point(x: Double(summary.batchSize), y: figure.value, interval: figure.interval)
    }
    let clocks = learners.flatMap { summary in
      summary.trials.map { Series.Point(x: Double(summary.batchSize), y: elapsed($0)) }
    }
    return Chart(
      question: question, answer: quiet.isEmpty ? elapsedAnswer : answer, y: y,
      panels: [
        Chart.Panel(
          x: Axis("batch size", scale: .log2),
          series: [
            Series("on the quiet machine", style: style, color: color, isLabelled: true, points: points),
            Series("by the clock, run by run", style: .faintDots, color: .neutral, isLabelled: true, points: clocks),
          ].filter { !$0.points.isEmpty })
      ], names: .above)
  }

  private var elapsedAnswer: String {
    "The steps were not timed on a quiet machine: the dots are of the clock, with whatever else ran."
  }

  /// What a reader must know of the seconds before reading them, in sentences.
  var reservations: [String] {
    guard !learners.isEmpty else { return [] }
    let others = learners.filter { !$0.hasQuietSeconds }.map { String($0.batchSize) }
    let refused = results.refusedStepTimes.map { "Step times are not taken: \($0)." }
    let elapsed = "elapsed ones, with whatever else ran on the machine, and nothing is ranked by them."
    let compared = [foreign ?? disturbance].compactMap { $0 }
    if others.count == learners.count {
      return refused + [
        results.chosenStepTimes == nil
          ? "The steps of this study were not timed by themselves: its seconds are \(elapsed)"
          : "The machine never got quiet while the steps of this study were timed: its seconds are \(elapsed)"
      ]
    }
    guard !others.isEmpty else { return refused + compared }
    let sizes = others.count == 1 ? "batch \(others[0])" : "batch sizes \(Sentence.list(others))"
    return refused
      + ["The machine did not get quiet while steps of \(sizes) were timed: their seconds are \(elapsed)"] + compared
  }

  /// Where the steps were timed, if trials ran elsewhere.
  private var foreign: String? {
    guard let times = results.chosenStepTimes else { return nil }
    let isElsewhere = results.trials.contains { $0.start.environment.processor != times.environment.processor }
    return isElsewhere ? "Seconds of training are of steps timed on \(times.environment.processor)." : nil
  }

  private var disturbance: String? {
    let ratios = learners.flatMap(\.trials).compactMap { run in
      run.quietSeconds?.last.flatMap { $0.value > 0 ? run.last.seconds / $0.value : nil }
    }
    guard let least = ratios.min(), let most = ratios.max(), most >= Self.clearly else { return nil }
    func text(_ ratio: Double) -> String { NumberFormat.significant(ratio, digits: 2) }
    let times = text(least) == text(most) ? text(most) : "\(text(least)) to \(text(most))"
    return
      "By the clock, training took \(times) times as long as its steps take on the quiet machine, as where something "
      + "else runs beside it. Seconds are those of the quiet machine."
  }

  /// Samples of gradient norms and short runs make some difference, too.
  private static var clearly: Double { 1.5 }

  /// Where the seconds come from, for those who read on.
  var definition: String {
    guard let times = results.chosenStepTimes, learners.contains(where: \.hasQuietSeconds) else {
      return "Seconds are elapsed ones, of training alone, with whatever else ran on the machine; evaluation is not "
        + "counted."
    }
    return
      "Seconds of training are updates times the time of a step. Steps of all batch sizes were timed by themselves on "
      + "\(times.environment.processor), \(NumberFormat.count(threads, "thread")), in turn, at a learning rate of 0, for "
      + "\(NumberFormat.duration(times.seconds)), between probes that tell when the machine was disturbed; brackets about "
      + "times hold the 95 % interval of the median step. Evaluation, the sampling of gradient norms and averaging of "
      + "weights are not counted. Elapsed seconds are the clock's, of training alone, with whatever else ran on the "
      + "machine. 'On processors' is the time that the process ran of the time that its threads had, evaluation and all; "
      + "'switched out' how often others took a processor from it; 'stolen' what the machine itself was not given, as "
      + "beside other virtual machines."
  }
}
