import ArgumentParser
import Batchwise

/// `batchwise doctor`: what the machine offers and what is missing.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show the machine, the linear-algebra libraries, and what is missing.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    let report = DoctorReport()
    output.print(report.table)
    for problem in report.problems { Console.note("Missing: \(problem)") }
    if !report.problems.isEmpty { throw ExitCode.failure }
    output.note("Everything that training and studies need is here.")
  }
}
