import ArgumentParser
import Batchwise
import Glibc

/// The tool: `batchwise SUBCOMMAND …`.
@main
struct BatchwiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batchwise",
    abstract: "Which batch size should I train with on this machine, what will it cost, and how sure are you?",
    version: packageVersion,
    subcommands: [
      DoctorCommand.self, GEMMCommand.self, ProfileCommand.self, CompareCommand.self, DataCommand.self,
      TrainCommand.self, EvaluateCommand.self, PredictCommand.self, ExportCommand.self, GradientCommand.self,
      StudyCommand.self, RecommendCommand.self, VerifyCommand.self, ReportCommand.self,
    ])

  static func main() {
    Console.prepare()
    // Before all that follows, since the tool then begins anew.
    OpenBLASCore.restartIfShort()
    do {
      var command = try ConfiguredArguments(CommandLine.arguments.dropFirst()).command()
      do {
        try command.run()
      } catch let error as ValidationError {
        // Left to the parser, it would be told with the usage of the tool as a whole.
        Console.error(error.message, advice: "Usage: \(usageString(for: type(of: command)))")
        Glibc.exit(ExitStatus.usage.rawValue)
      }
    } catch let error as any DiagnosticError {
      let command = try? CommandDescription.tool.command(for: CommandLine.arguments.dropFirst()).description
      Console.error(error.diagnosis.message(for: command))
      Glibc.exit(ExitStatus(error.category).rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
