import ArgumentParser
import Batchwise

/// `batchwise doctor`: what the machine offers and what is missing.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show the machine, the linear-algebra libraries, and what is missing.",
    discussion: """
      With --plan it shows how the products of a dense layer are computed at each batch size instead. \
      BATCHWISE_ISA=portable|avx2|avx512 and BATCHWISE_GEMM=kernel|openblas force instruction set and engine, here and \
      everywhere.
      """)

  @Option(help: ArgumentHelp("A layer, such as 784x512, whose plans are shown; may be repeated.", valueName: "shape"))
  var plan: [String] = []

  @Option(help: ArgumentHelp("The batch sizes whose plans are shown.", valueName: "sizes"))
  var batch = "1..1024"

  @Option(help: ArgumentHelp("The number of threads to plan for; all processors without it.", valueName: "count"))
  var threads: Int?

  @OptionGroup var output: OutputOptions

  func run() throws {
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
}
