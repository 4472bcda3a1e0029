import Batchwise

/// Reads the JSON of a configuration file.
///
/// People write these files: the line and the column of a mistake are told, and numbers stay as they are written.
struct ConfigurationReader {
  private typealias Scanner = JSONScanner<ConfigurationError>

  private let path: String
  private let bytes: [UInt8]

  /// The keys of the file's object and their values, in their order.
  ///
  /// - Throws: ``ConfigurationError`` for anything that is not one JSON object.
  static func entries(in bytes: [UInt8], path: String) throws(ConfigurationError) -> [ConfigurationEntry] {
    let reader = ConfigurationReader(path: path, bytes: bytes)
    var scanner = Scanner(bytes) { reader.failure("it is not valid JSON: \($0)", at: $1) }
    guard scanner.next() == UInt8(ascii: "{") else {
      throw reader.failure(
        "this is no JSON object of options, such as {\"batch\": 64, \"nesterov\": true}", at: scanner.offset)
    }
    var entries: [ConfigurationEntry] = []
    try scanner.object { (scanner, key) throws(ConfigurationError) in
      entries.append(ConfigurationEntry(key: key, value: try reader.value(&scanner)))
    }
    try scanner.end()
    return entries
  }

  private func failure(
    _ problem: String, at offset: Int, _ kind: ConfigurationError.Kind = .file
  ) -> ConfigurationError {
    let before = bytes[..<offset]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    // Bytes that continue a character are no columns.
    let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count { $0 & 0xc0 != 0x80 } + 1
    return ConfigurationError(kind, path: "\(path), line \(line), column \(column)", problem)
  }

  private func value(
    _ scanner: inout Scanner, isInList: Bool = false
  ) throws(ConfigurationError) -> ConfigurationValue {
    switch scanner.next() {
    case UInt8(ascii: "\""): return .text(try scanner.string())
    case UInt8(ascii: "["):
      // Nothing that a file may say is nested, and what is read by recursion must have an end.
      guard !isInList else { throw failure("no option takes a list within a list", at: scanner.offset, .usage) }
      var values: [ConfigurationValue] = []
      try scanner.list { (scanner) throws(ConfigurationError) in
        values.append(try value(&scanner, isInList: true))
      }
      return .list(values)
    case UInt8(ascii: "{"): throw failure("no option takes an object", at: scanner.offset, .usage)
    default: return try word(&scanner)
    }
  }

  /// A number, or one of JSON's three names.
  private func word(_ scanner: inout Scanner) throws(ConfigurationError) -> ConfigurationValue {
    let characters = scanner.word()
    let word = String(decoding: characters, as: UTF8.self)
    let value: ConfigurationValue? =
      switch word {
      case "true": .flag(true)
      case "false": .flag(false)
      case "null": .absent
      default: JSONText.isNumber(characters) ? .number(word) : nil
      }
    guard let value else {
      throw scanner.failure(
        "a value should stand here: text in double quotes, a number, true, false, null or a list")
    }
    scanner.skip(characters)
    return value
  }
}
