import Batchwise

/// A group of options, or a command, that tells what it was given.
protocol ConfigurationWriting {
  /// Every option under its long name, those that have their default included.
  var entries: [ConfigurationEntry] { get }
}

/// All options of a command as they are in effect, as a file that `--config` reads back to the same run.
struct EffectiveConfiguration: Hashable {
  /// The options, in their order.
  let entries: [ConfigurationEntry]

  /// The options of a command, which is named as on the command line: `study sweep`.
  init(command: String, _ options: some ConfigurationWriting) {
    entries = [ConfigurationEntry("command", command)] + options.entries
    precondition(Set(entries.map(\.key)).count == entries.count, "an option of \(command) is written twice")
  }

  /// The file: a JSON object with a line for each option.
  var json: String {
    let lines = entries.map { "  \(JSONText.quoted($0.key)): \($0.value.json)" }
    return "{\n\(lines.joined(separator: ",\n"))\n}\n"
  }

  /// Writes the file.
  func write(to path: String) throws(FileError) { try DurableFile.write(Array(json.utf8), to: path) }
}
