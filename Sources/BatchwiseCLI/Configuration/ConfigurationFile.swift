import Batchwise

/// A file of options for a command, as `--config` takes it: `{"batch": 64, "nesterov": true}`.
struct ConfigurationFile {
  let path: String
  private let entries: [ConfigurationEntry]

  /// Reads a file.
  ///
  /// - Throws: ``ConfigurationError`` when the file cannot be read or is no JSON object.
  init(path: String) throws(ConfigurationError) {
    let bytes: [UInt8]
    do {
      bytes = try DurableFile.read(path)
    } catch {
      guard case .system(_, _, let reason) = error else { preconditionFailure("reading bytes found them damaged") }
      throw ConfigurationError(
        .file, path: path, "the configuration file cannot be read (\(reason))", hint: "check the path of --config")
    }
    self.path = path
    // Editors on Windows put a byte-order mark in front.
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    entries = try ConfigurationReader.entries(in: text, path: path)
  }

  /// An entry of the file, and the words of a command line that say the same.
  struct Words {
    let key: String
    let option: ArgumentDescription
    let words: [String]
  }

  /// The file as words of the command line of a command, which is given with the words that name it.
  ///
  /// - Throws: ``ConfigurationError`` for a key that the command does not take, a value of the wrong kind, and a file
  ///   that is made for another command.
  func words(for command: CommandDescription, named words: [String]) throws(ConfigurationError) -> [Words] {
    let name = words.joined(separator: " ")
    var result: [Words] = []
    for entry in entries {
      switch entry.key {
      case "command": try check(entry, name)
      case "config":
        throw error(entry, "cannot stand in a configuration file", hint: "put the other file's keys into this one")
      default:
        guard let option = command.options.first(where: { $0.longNames.contains(entry.key) }) else {
          let known = command.options.compactMap(\.name).sorted().joined(separator: ", ")
          throw error(
            entry, "is no option of 'batchwise \(name)'", hint: "the keys that it takes are command, \(known)")
        }
        if let other = result.first(where: { $0.option.name == option.name }) {
          throw error(entry, "is another name of '\(other.key)', which is there, too", hint: "keep one of them")
        }
        result.append(Words(key: entry.key, option: option, words: try Self.words(entry, option, in: self)))
      }
    }
    return result
  }

  private func check(_ entry: ConfigurationEntry, _ name: String) throws(ConfigurationError) {
    guard case .text(let command) = entry.value else {
      throw error(entry, "takes the name of a command, not \(entry.value.json)")
    }
    guard command == name else {
      throw error(
        entry, "says that the file is for 'batchwise \(command)', not for 'batchwise \(name)'",
        hint: "give that command, or another file")
    }
  }

  private static func words(
    _ entry: ConfigurationEntry, _ option: ArgumentDescription, in file: ConfigurationFile
  ) throws(ConfigurationError) -> [String] {
    switch (option.kind, entry.value) {
    case (_, .absent), (.flag, .flag(false)): return []
    case (.flag, .flag(true)): return ["--\(entry.key)"]
    case (.flag, _): throw file.error(entry, "is a flag and takes true or false, not \(entry.value.json)")
    case (_, .text("")): return ["--\(entry.key)", ""]
    // Joined, so that a value may begin with a dash.
    case (_, .number(let value)), (_, .text(let value)): return ["--\(entry.key)=\(value)"]
    case (_, .list(let values)) where option.isRepeating:
      var words: [String] = []
      for value in values {
        let single = ConfigurationEntry(key: entry.key, value: value)
        guard value != .absent else { throw file.error(single, "takes a list of texts or numbers, without null") }
        words += try Self.words(single, option, in: file)
      }
      return words
    case (_, .list): throw file.error(entry, "takes one value, not the list \(entry.value.json)")
    case (_, .flag): throw file.error(entry, "takes a text or a number, not \(entry.value.json)")
    }
  }

  private func error(_ entry: ConfigurationEntry, _ problem: String, hint: String? = nil) -> ConfigurationError {
    ConfigurationError(.usage, path: path, key: entry.key, problem, hint: hint)
  }
}
