import ArgumentParser
import FoundationEssentials

/// A command and the options that it takes, as ArgumentParser describes them.
struct CommandDescription: Decodable {
  /// The name, such as `train`.
  let commandName: String
  /// The commands beneath it.
  let subcommands: [CommandDescription]?
  /// What it takes.
  let arguments: [ArgumentDescription]?

  /// The tool with all of its commands.
  ///
  /// - Throws: `DecodingError` where ArgumentParser describes commands in another way than it did.
  static var tool: CommandDescription {
    get throws {
      struct Tool: Decodable { let command: CommandDescription }
      return try JSONDecoder().decode(Tool.self, from: Data(BatchwiseCommand._dumpHelp().utf8)).command
    }
  }

  /// What a file may hold: what has a long name, but for help, version and the file itself, and for flags that unset
  /// another, which a file says by false.
  var options: [ArgumentDescription] {
    let names = Set((arguments ?? []).compactMap(\.name))
    return (arguments ?? []).filter { argument in
      guard argument.kind != .positional, let name = argument.name, !["help", "version", "config"].contains(name)
      else { return false }
      let unsets = argument.kind == .flag && name.hasPrefix("no-") && names.contains(String(name.dropFirst(3)))
      return !unsets
    }
  }

  /// Whether it takes a configuration file.
  var takesConfiguration: Bool { (arguments ?? []).contains { $0.name == "config" } }

  /// The command that the first words of a command line name, and those words.
  func command(for line: some Sequence<String>) -> (description: CommandDescription, words: [String]) {
    var (command, words) = (self, [String]())
    for word in line {
      guard let next = command.subcommands?.first(where: { $0.commandName == word }) else { break }
      command = next
      words.append(word)
    }
    return (command, words)
  }
}

/// An option, a flag, or an argument without a name.
struct ArgumentDescription: Decodable {
  enum Kind: String, Decodable {
    case positional, option, flag
  }

  struct Name: Decodable {
    enum Kind: String, Decodable {
      case long, short, longWithSingleDash
    }

    let kind: Kind
    let name: String

    /// Whether a word of a command line is this name, with a value joined to it or without.
    func matches(_ word: String) -> Bool {
      switch kind {
      case .long: word == "--\(name)" || word.hasPrefix("--\(name)=")
      case .short: word.hasPrefix("-\(name)")
      case .longWithSingleDash: word == "-\(name)" || word.hasPrefix("-\(name)=")
      }
    }
  }

  let kind: Kind
  let isRepeating: Bool
  let names: [Name]?

  /// The first of the long names.
  var name: String? { longNames.first }

  /// The long names, without dashes.
  var longNames: [String] { (names ?? []).filter { $0.kind == .long }.map(\.name) }

  /// Whether the option is on a command line.
  func stands(on line: [String]) -> Bool {
    line.prefix { $0 != "--" }.contains { word in (names ?? []).contains { $0.matches(word) } }
  }
}
