import ArgumentParser

/// A command line, and the configuration file that it names: the file's options stand before those of the line, so that
/// the line's win.
///
/// A list in the file gives way to the line as a whole. A flag that the file sets is unset by its `--no-` form.
struct ConfiguredArguments {
  private let line: [String]

  /// A command line, without the name of the tool.
  init(_ line: some Sequence<String>) { self.line = Self.joiningNegativeNumbers(Array(line)) }

  /// The line with `--lr=-1` in place of `--lr -1`: the parser would take the number for an option, and miss the value
  /// instead of telling what is wrong with it.
  private static func joiningNegativeNumbers(_ line: [String]) -> [String] {
    func isNegative(_ word: String) -> Bool {
      word.hasPrefix("-") && Double(word) != nil && word.dropFirst().first.map { $0.isNumber || $0 == "." } ?? false
    }
    guard line.contains(where: isNegative), let tool = try? CommandDescription.tool else { return line }
    let options = (tool.command(for: line).description.arguments ?? []).filter { $0.kind == .option }
    let names = Set(options.flatMap(\.longNames).map { "--\($0)" })
    var words: [String] = []
    var rest = line[...]
    while let word = rest.popFirst() {
      if word == "--" { return words + [word] + rest }
      if names.contains(word), let value = rest.first, isNegative(value) {
        rest.removeFirst()
        words.append("\(word)=\(value)")
      } else {
        words.append(word)
      }
    }
    return words
  }

  /// The command that the line asks for, with all of its options.
  ///
  /// - Throws: ``ConfigurationError`` for a file that cannot be followed, and ArgumentParser's errors for the line.
  func command() throws -> any ParsableCommand {
    let asksForHelp = line.contains("--help") || line.contains("-h")
    guard !asksForHelp, let path = try configurationPath() else { return try BatchwiseCommand.parseAsRoot(line) }
    let (description, words) = try CommandDescription.tool.command(for: line)
    guard description.takesConfiguration else { return try BatchwiseCommand.parseAsRoot(line) }
    let options = Array(line.dropFirst(words.count))
    let file = try ConfigurationFile(path: path)
    let additions = try file.words(for: description, named: words).filter {
      !($0.option.isRepeating && $0.option.stands(on: options))
    }
    do {
      return try BatchwiseCommand.parseAsRoot(words + additions.flatMap(\.words) + options)
    } catch {
      // Mistakes of the line are told as ever; what is left is the file's.
      _ = try BatchwiseCommand.parseAsRoot(line)
      throw Self.mistake(error, in: additions, of: path) { try BatchwiseCommand.parseAsRoot(words + $0 + options) }
    }
  }

  /// The value of `--config`; nil where it is not there, or where what follows is no value, which the parser tells.
  private func configurationPath() throws(ConfigurationError) -> String? {
    var paths: [String] = []
    let words = Array(line.prefix { $0 != "--" })
    for (index, word) in words.enumerated() {
      if word.hasPrefix("--config=") { paths.append(String(word.dropFirst("--config=".count))) }
      guard word == "--config", index + 1 < words.count, !words[index + 1].hasPrefix("-") else { continue }
      paths.append(words[index + 1])
    }
    guard paths.count <= 1 else {
      throw ConfigurationError(.usage, path: paths[1], "a second --config", hint: "give one file")
    }
    return paths.first
  }

  /// The first of the file's entries that the parser does not take by itself while it takes all the others, and what it
  /// says; all of them together where there is none: an entry that only needs another is not at fault.
  private static func mistake(
    _ error: any Error, in entries: [ConfigurationFile.Words], of path: String,
    _ parse: ([String]) throws -> any ParsableCommand
  ) -> ConfigurationError {
    for (index, entry) in entries.enumerated() {
      do {
        _ = try parse(entry.words)
      } catch {
        let others = entries[..<index] + entries[(index + 1)...]
        guard (try? parse(others.flatMap(\.words))) != nil else { continue }
        return ConfigurationError(
          .usage, path: path, key: entry.key, "is refused: \(BatchwiseCommand.message(for: error))")
      }
    }
    return ConfigurationError(.usage, path: path, BatchwiseCommand.message(for: error))
  }
}
