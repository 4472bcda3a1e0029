import ArgumentParser
import Batchwise

/// `batchwise profile`: the whole training step by batch size.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Profile the training step of a model by batch size: time by phase, throughput, memory, and advice.",
    discussion: """
      The time of a step is fitted by T(B) = α + βB in segments and tested on sizes that are held back. Told are the \
      smallest batch near the highest throughput, batches to avoid, and what to take instead. Data and model are those \
      of 'train'. Give --output a folder to keep raw samples, table and report.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup var step: StepOptions

  @Option(
    help: ArgumentHelp(
      "The batch sizes: 1..1024:x2, 8..64:8, 1,7,64, full, or several. Without it powers of two up to 1024 and the "
        + "steps half way between.", valueName: "sizes"))
  var batch: String?

  @Option(
    help: ArgumentHelp(
      "The memory in MiB for which the largest batch is told; what is free without it.", valueName: "MiB"))
  var memory: Int?

  @Option(
    help: ArgumentHelp(
      "Fit the line of the times to these batch sizes and foretell the others; every other one without it.",
      valueName: "sizes"))
  var fit: String?

  @OptionGroup var options: ProfileOptions

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard memory.map({ $0 >= 1 && $0 < 1 << 40 }) ?? true else { throw ValidationError("--memory must be at least 1") }
  }

  func run() throws {
    try Machine.prepare()
    try options.requireRoom()
    let optimizer = try step.optimizer().optimizer
    let text = try ModelText(step.model)
    let axis = try batch.map { text throws(BatchAxisError) in try BatchAxis(text) }
    let splits = try data.load(options.printing)
    let loss = step.loss(for: splits.train)
    let model = text.model(for: splits.train)
    let sizes =
      axis?.sizes(fullBatch: splits.train.count)
      ?? StepProfilePlan.standardBatchSizes.filter { $0 <= splits.train.count }
    let plan = StepProfilePlan(
      model: text.description, data: try data.source().description, inputs: splits.train.featureCount,
      outputs: splits.train.targets.outputCount, loss: loss, optimizer: optimizer.description, batchSizes: sizes,
      threads: step.threadCount, precision: options.precision,
      memory: memory.map { $0 << 20 } ?? AvailableMemory.current() ?? 0,
      fittedSizes: try fittedSizes(sizes), timing: options.timing.settings)
    switch options.precision {
    case .double: try run(Double.self, plan, model, splits.train, optimizer)
    default: try run(Float.self, plan, model, splits.train, optimizer)
    }
  }

  private func run<S: Scalar>(
    _ scalar: S.Type, _ plan: StepProfilePlan, _ model: Sequential, _ data: Dataset, _ optimizer: any Optimizer
  ) throws {
    let context = try Machine.context(for: S.self, threads: plan.threads, engine: step.engine)
    if options.dryRun {
      let memory = try StepProfiler<S>.check(plan, model, optimizer, exampleCount: data.count, context: context)
      try options.printing.print(StepPlanTable.table(plan, memory: memory))
      return
    }
    let profiler = try StepProfiler<S>(plan, model: model, data: data, optimizer: optimizer, context: context)
    if options.profileOnly {
      for size in plan.batchSizes {
        options.printing.note("batch \(size): \(NumberFormat.count(options.calls, "step"))")
        profiler.runUntimed(batch: size, calls: options.calls)
      }
      return
    }
    options.printing.note(
      "Timing steps of \(plan.model) at \(NumberFormat.count(plan.batchSizes.count, "batch size")) on "
        + "\(NumberFormat.count(plan.threads, "thread")) for about "
        + "\(NumberFormat.duration(plan.timing.maximumSeconds)); leave the machine alone.")
    let profile = try profiler.run(ProfileFiles.observer(quiet: options.printing.quiet))
    try options.finish(.step(profile))
  }

  /// The sizes of --fit, each of which is timed.
  private func fittedSizes(_ timed: [Int]) throws -> [Int] {
    guard let fit else { return [] }
    let axis = try BatchAxis(fit)
    let sizes = axis.sizes(fullBatch: 0)
    guard sizes.count >= 3, !axis.includesFullBatch, sizes.count < timed.count, sizes.allSatisfy(timed.contains) else {
      throw ValidationError("--fit takes at least three of the batch sizes that are timed, and not all of them")
    }
    return sizes
  }
}
