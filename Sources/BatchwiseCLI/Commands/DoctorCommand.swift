import ArgumentParser
import Batchwise

/// `batchwise doctor`: what the machine offers and what is missing.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show the machine, the linear-algebra libraries, and what is missing.",
    discussion: """
      With --plan it shows how the products of a dense layer are computed at each batch size instead. With --tune it \
      measures where one way of computing them becomes faster than another, and keeps that in the user's cache folder: \
      runs from then on use it, and may differ in the last bits from earlier ones. \
      BATCHWISE_ISA=portable|avx2|avx512 and BATCHWISE_GEMM=kernel|openblas force instruction set and engine, here and \
      everywhere.
      """)

  @Option(help: ArgumentHelp("A layer, such as 784x512, whose plans are shown; may be repeated.", valueName: "shape"))
  var plan: [String] = []

  @Option(help: ArgumentHelp("The batch sizes whose plans are shown.", valueName: "sizes"))
  var batch = "1..1024"

  @Flag(help: "Measure for some seconds which way of computing products is the fastest here, and keep it.")
  var tune = false

  @Option(
    help: ArgumentHelp("The number of threads to plan or tune for; all processors without it.", valueName: "count"))
  var threads: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !tune || plan.isEmpty else { throw ValidationError("--tune and --plan are two things; ask for one") }
  }

  func run() throws {
    if tune {
      try tuneProducts()
      return
    }
    guard plan.isEmpty else {
      try showPlans()
      return
    }
    let report = DoctorReport()
    output.print(report.table)
    for problem in report.problems { Console.note("Missing: \(problem)") }
    if !report.problems.isEmpty { throw ExitCode.failure }
    output.note("Everything that training and studies need is here.")
  }

  private func showPlans() throws {
    try Machine.prepare()
    let axis = try BatchAxis(batch)
    guard !axis.includesFullBatch else { throw ValidationError("a plan needs batch sizes in numbers, not 'full'") }
    let layers = try plan.map { try LayerShape($0) }
    let team = try ThreadTeam(threads: threads ?? ThreadTeam.availableProcessors)
    output.print(PlanTable.table(layers: layers, batchSizes: axis.sizes(fullBatch: 0), threads: team.threads))
    output.note(
      "Engine \(GEMMEngine.active.rawValue), instruction set \(InstructionSet.active.rawValue), "
        + "\(team.threads) threads.")
  }

  private func tuneProducts() throws {
    try Machine.prepare()
    let team = try ThreadTeam(threads: threads ?? ThreadTeam.availableProcessors)
    output.note("Measuring on \(team.threads) threads for about ten seconds; leave the machine alone.")
    var table = TuningTable.empty
    // What other instruction sets and numbers of threads have measured stays; a damaged file is replaced.
    var tuning = (try? GEMMTuningFile.load()) ?? GEMMTuning()
    try measure(Float.self, on: team, into: &tuning, &table)
    try measure(Double.self, on: team, into: &tuning, &table)
    output.print(table)
    output.note("Kept in \(try GEMMTuningFile.save(tuning)); delete it to go back to the defaults.")
  }

  private func measure<S: Scalar>(
    _ scalar: S.Type, on team: ThreadTeam, into tuning: inout GEMMTuning, _ table: inout TextTable
  ) throws {
    let tuner = try GEMMTuner<S>(team: team)
    tuning.crossovers[GEMMTuning.Key(.active, scalar, threads: team.threads)] = tuner.crossovers
    TuningTable.append(tuner, to: &table)
  }
}
