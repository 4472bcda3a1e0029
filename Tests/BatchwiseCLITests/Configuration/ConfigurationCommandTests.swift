import ArgumentParser
import BatchTestSupport
import Testing

@testable import BatchwiseCLI

/// Configuration files as the built tool takes them.
@Suite struct ConfigurationCommandTests {
  private let folder = TemporaryFolder()

  @Test func aFileGivesTheRunOfItsFlags() throws {
    let file = folder.write(
      "{\"data\": \"dots\", \"model\": \"mlp:8\", \"epochs\": 2, \"batch\": 16, \"nesterov\": true, \"format\": \"csv\"}",
      to: "c.json")
    let flags = ["--data", "dots", "--model", "mlp:8", "--epochs", "2", "--nesterov", "--format", "csv", "--seed", "3"]
    let configured = try Tool.run("train", "--config", file, "--seed", "3")
    let plain = try Tool.run(["train"] + flags + ["--batch", "16"])
    #expect(configured.status == 0 && withoutTimes(configured.output) == withoutTimes(plain.output))
    let other = try Tool.run("train", "--config", file, "--seed", "3", "--batch", "32")
    #expect(try withoutTimes(other.output) == withoutTimes(Tool.run(["train"] + flags + ["--batch", "32"]).output))
  }

  /// The rows but their third field, the seconds.
  private func withoutTimes(_ csv: String) -> [[Substring]] {
    csv.split(separator: "\n").map { row in
      row.split(separator: ",", omittingEmptySubsequences: false).enumerated().filter { $0.offset != 2 }.map(\.element)
    }
  }

  @Test func filesThatCannotBeFollowedEndTheTool() throws {
    for (text, status) in [("{\"epoch\": 3}", 64), ("{\"nesterov\": 1}", 64), ("{\"epochs\": }", 65), ("", 65)] {
      let run = try Tool.run("train", "--config", folder.write(text, to: "c.json"))
      #expect(run.status == status && run.notes.hasPrefix("Error: \(folder.path)/c.json") && run.output.isEmpty)
    }
    let missing = try Tool.run("gemm", "--config", "/nowhere/c.json")
    #expect(missing.status == 65 && missing.notes.contains("/nowhere/c.json: the configuration file cannot be read"))
  }

  /// All commands that do something, by the words that name them.
  private func commands() throws -> [[String]] {
    func leaves(_ command: CommandDescription, _ words: [String]) -> [[String]] {
      guard let subcommands = command.subcommands else { return command.commandName == "help" ? [] : [words] }
      return subcommands.flatMap { leaves($0, words + [$0.commandName]) }
    }
    return leaves(try .tool, [])
  }

  @Test func everyCommandTakesAFileAndSaysSoOnce() throws {
    let commands = try commands()
    #expect(commands.count == 19)
    for words in commands {
      let help = BatchwiseCommand.helpMessage(for: try type(words))
      #expect(
        help.split(separator: "\n").count { $0.contains("--config <file>") && $0.hasPrefix("  ") } == 1, "\(words)")
      #expect(try CommandDescription.tool.command(for: words).description.takesConfiguration, "\(words)")
    }
  }

  /// Without it the line could not win over a file that sets the flag.
  @Test func everyFlagCanBeUnset() throws {
    for words in try commands() {
      let command = try CommandDescription.tool.command(for: words).description
      let names = Set((command.arguments ?? []).compactMap(\.name))
      let flags = command.options.filter { $0.kind == .flag }.compactMap(\.name)
      for flag in flags { #expect(names.contains("no-\(flag)") && !flag.hasPrefix("no-"), "\(words) --\(flag)") }
    }
  }

  private func type(_ words: [String]) throws -> any ParsableCommand.Type {
    try words.reduce(BatchwiseCommand.self as any ParsableCommand.Type) { command, word in
      try #require(command.configuration.subcommands.first { $0._commandName == word })
    }
  }
}
