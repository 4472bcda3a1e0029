import ArgumentParser
import Batchwise

/// `batchwise doctor`: what the machine offers and what is missing.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show the machine, the linear-algebra libraries, and what is missing.",
    discussion: """
      With --plan it shows how the products of a dense layer are computed at each batch size instead. With --tune it \
      measures where one way of computing them becomes faster than another, and keeps that in the user's cache folder: \
      runs from then on use it, and may differ in the last bits from earlier ones. With --ceilings it measures what \
      the machine does at most: floating-point operations a second in registers, bytes a second through each cache and \
      the memory, and cache lines between cores, all threads together. \
      BATCHWISE_ISA=portable|avx2|avx512 and BATCHWISE_GEMM=auto|openblas|kernels force instruction set and engine, here and \
      everywhere.
      """)

  @Option(help: ArgumentHelp("A layer, such as 784x512, whose plans are shown; may be repeated.", valueName: "shape"))
  var plan: [String] = []

  @Option(help: ArgumentHelp("The batch sizes whose plans are shown.", valueName: "sizes"))
  var batch = "1..1024"

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Measure for some seconds which way of computing products is the fastest here, and keep it.")
  var tune = false

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Measure for some seconds what the processors, their caches and the memory do at most.")
  var ceilings = false

  @Option(
    help: ArgumentHelp(
      """
      The number of threads to plan, tune or measure for; without it that of OPENBLAS_NUM_THREADS or OMP_NUM_THREADS, else \
      all processors. With --ceilings it may be repeated, and is 1, 2, 4 and so on up to all processors without it.
      """, valueName: "count"))
  var threads: [Int] = []

  @OptionGroup var engines: EngineOptions

  @OptionGroup var printing: OutputOptions

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard [tune, ceilings, !plan.isEmpty].count(where: { $0 }) <= 1 else {
      throw ValidationError("--tune, --plan and --ceilings are different things; ask for one")
    }
    guard ceilings || threads.count <= 1 else {
      throw ValidationError("several --threads go with --ceilings alone; give one")
    }
  }

  func run() throws {
    if tune {
      try tuneProducts()
      return
    }
    if ceilings {
      try showCeilings()
      return
    }
    guard plan.isEmpty else {
      try showPlans()
      return
    }
    let report = try self.report()
    try printing.print(report.table)
    for warning in report.warnings { Console.note("Warning: \(warning)") }
    for problem in report.problems { Console.note("Missing: \(problem)") }
    if !report.problems.isEmpty { throw ExitCode.failure }
    printing.note("Everything that training and studies need is here.")
  }

  /// What the environment asks for and cannot have is a finding here, and no reason to end.
  private func report() throws -> DoctorReport {
    var problems: [String] = []
    do { _ = try Machine.instructionSet() } catch { problems.append(error.description) }
    do { _ = try Machine.engine() } catch { problems.append(error.description) }
    let (threads, variable) = Machine.defaultThreads
    let context =
      (try? Machine.context(threads: threads, engine: engines.engine))
      ?? ComputeContext(for: Float.self, threads: threads)
    return DoctorReport(
      context: context, thresholds: thresholdsSource(context),
      threads: variable.map { "\(threads), as \($0) says" }, problems: problems)
  }

  private func thresholdsSource(_ context: ComputeContext) -> String {
    guard let path = Machine.tuningPath else { return "defaults" }
    do {
      guard let tuning = try GEMMTuning.load(path) else {
        return "defaults; --tune measures them"
      }
      return tuning.thresholds.keys.contains { $0.instructionSet == context.instructionSet }
        ? "measured, in \(path)" : "defaults; --tune measures them"
    } catch {
      return "defaults, since \(path) is of no use: \(error.description) (--tune)"
    }
  }

  private func showPlans() throws {
    try Machine.prepare()
    let axis = try BatchAxis(batch)
    guard !axis.includesFullBatch else { throw ValidationError("a plan needs batch sizes in numbers, not 'full'") }
    let layers = try plan.map { try LayerShape($0) }
    let team = try ThreadTeam(threads: threads.first ?? Machine.defaultThreads.count)
    let context = try Machine.context(threads: team.threads, engine: engines.engine)
    try printing.print(PlanTable.table(layers: layers, batchSizes: axis.sizes(fullBatch: 0), context: context))
    for batch in axis.sizes(fullBatch: 0) where batch & (batch - 1) == 0 {
      let share = OpenBLASShare(PlanTable.plans(layers: layers, batch: batch, context: context)).share
      printing.note(
        "Batch \(batch): OpenBLAS computes \(NumberFormat.percent(share, decimals: 0)) of the multiply-adds.")
    }
    printing.note(
      "Engine \(context.engine.rawValue), instruction set \(context.instructionSet.rawValue), "
        + "\(NumberFormat.count(team.threads, "thread")).")
  }

  private func showCeilings() throws {
    try Machine.prepare()
    let counts = threads.isEmpty ? Machine.threadCounts : threads
    printing.note("Measuring on \(Machine.text(threads: counts)); leave the machine alone.")
    try printing.print(CeilingsTable.table(try MachineCeilings.measure(threadCounts: counts)))
    if CacheLevels.current().areAssumed {
      printing.note("The system does not tell the sizes of its caches; the levels are those of common processors.")
    }
  }

  private func tuneProducts() throws {
    try Machine.prepare()
    guard let path = Machine.tuningPath else { throw MachineError.noCacheFolder }
    let team = try ThreadTeam(threads: threads.first ?? Machine.defaultThreads.count)
    // What is measured must not be lost for want of a place.
    try DurableFile.requireWritable(path)
    printing.note(
      "Measuring on \(NumberFormat.count(team.threads, "thread")) for about ten seconds; leave the machine alone.")
    var table = TuningTable.empty
    // What other instruction sets and numbers of threads have measured stays; a damaged file is replaced.
    var tuning = (try? GEMMTuning.load(path)) ?? GEMMTuning()
    try measure(Float.self, on: team, into: &tuning, &table)
    try measure(Double.self, on: team, into: &tuning, &table)
    try printing.print(table)
    try tuning.save(to: path)
    printing.note("Kept in \(path); delete it to go back to the defaults.")
  }

  private func measure<S: Scalar>(
    _ scalar: S.Type, on team: ThreadTeam, into tuning: inout GEMMTuning, _ table: inout TextTable
  ) throws {
    let context = try Machine.context(for: S.self, threads: team.threads)
    let tuner = try GEMMTuner<S>(team: team, context: context)
    tuning.thresholds[GEMMTuning.Key(context.instructionSet, S.precision, threads: team.threads)] = tuner.thresholds
    TuningTable.append(tuner, context.instructionSet, to: &table)
  }
}
