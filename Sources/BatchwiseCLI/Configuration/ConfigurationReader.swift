/// Reads the JSON of a configuration file.
///
/// People write these files: unlike a decoder the reader tells the line and the column of a mistake, refuses a key that
/// stands twice, and leaves numbers as they are written.
struct ConfigurationReader {
  private let path: String
  private let bytes: [UInt8]
  private var place = 0

  /// The keys of the file's object and their values, in their order.
  ///
  /// - Throws: ``ConfigurationError`` for anything that is not one JSON object.
  static func entries(in bytes: [UInt8], path: String) throws(ConfigurationError) -> [ConfigurationEntry] {
    var reader = ConfigurationReader(path: path, bytes: bytes)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ConfigurationError(.file, path: path, "the text is not UTF-8", mend: "store it as UTF-8")
    }
    reader.skipSpace()
    guard reader.next == UInt8(ascii: "{") else {
      throw reader.failure("this is no JSON object of options, such as {\"batch\": 64, \"nesterov\": true}")
    }
    let entries = try reader.object()
    reader.skipSpace()
    guard reader.next == nil else { throw reader.syntaxError("there is something behind the last }") }
    return entries
  }

  private init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private func syntaxError(_ problem: String) -> ConfigurationError { failure("it is not valid JSON: \(problem)") }

  private func failure(_ problem: String, _ kind: ConfigurationError.Kind = .file) -> ConfigurationError {
    let before = bytes[..<place]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    // Bytes that go on with a character are no columns.
    let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count { $0 & 0xc0 != 0x80 } + 1
    return ConfigurationError(kind, path: "\(path), line \(line), column \(column)", problem)
  }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { place += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    guard next == character.asciiValue else { return false }
    place += 1
    return true
  }

  private mutating func object() throws(ConfigurationError) -> [ConfigurationEntry] {
    var entries: [ConfigurationEntry] = []
    place += 1
    skipSpace()
    if take("}") { return entries }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw syntaxError("a key in double quotes should stand here") }
      let start = place
      let key = try text()
      guard !entries.contains(where: { $0.key == key }) else {
        place = start
        throw failure("'\(key)' stands twice; keep one of them", .usage)
      }
      skipSpace()
      guard take(":") else { throw syntaxError("a : should stand between the key \"\(key)\" and its value") }
      entries.append(ConfigurationEntry(key: key, value: try value()))
      skipSpace()
    } while take(",")
    guard take("}") else { throw syntaxError("a , or a } should stand here") }
    return entries
  }

  private mutating func value(isInList: Bool = false) throws(ConfigurationError) -> ConfigurationValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "["):
      // Nothing that a file may say is nested, and what is read by recursion must have an end.
      guard !isInList else { throw failure("no option takes a list within a list", .usage) }
      return .list(try list())
    case UInt8(ascii: "{"): throw failure("no option takes an object", .usage)
    default: return try word()
    }
  }

  private mutating func list() throws(ConfigurationError) -> [ConfigurationValue] {
    var values: [ConfigurationValue] = []
    place += 1
    skipSpace()
    if take("]") { return values }
    repeat {
      values.append(try value(isInList: true))
      skipSpace()
    } while take(",")
    guard take("]") else { throw syntaxError("a , or a ] should stand here") }
    return values
  }

  /// A number, or one of JSON's three names.
  private mutating func word() throws(ConfigurationError) -> ConfigurationValue {
    let isPart = { (byte: UInt8) in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    }
    let characters = bytes[place...].prefix(while: isPart)
    let word = String(decoding: characters, as: UTF8.self)
    let value: ConfigurationValue? =
      switch word {
      case "true": .flag(true)
      case "false": .flag(false)
      case "null": .absent
      default: Self.isNumber(characters) ? .number(word) : nil
      }
    guard let value else {
      throw syntaxError("a value should stand here: text in double quotes, a number, true, false, null or a list")
    }
    place += characters.count
    return value
  }

  /// Whether characters are `-?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?`.
  private static func isNumber(_ characters: ArraySlice<UInt8>) -> Bool {
    var rest = characters
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    func skip(_ allowed: String) -> Bool {
      guard let byte = rest.first, allowed.utf8.contains(byte) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = skip("-")
    let leadsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || (whole > 1 && !leadsWithZero) else { return false }
    if skip("."), digits() == 0 { return false }
    if skip("eE") {
      _ = skip("+-")
      if digits() == 0 { return false }
    }
    return rest.isEmpty
  }

  private mutating func text() throws(ConfigurationError) -> String {
    let start = place
    place += 1
    var units: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else {
        throw syntaxError("a line must not end, nor a tab stand, within text: write \\n or \\t")
      }
      place += 1
      if byte == UInt8(ascii: "\\") { units += Array(String(try escape()).utf8) } else { units.append(byte) }
    }
    guard take("\"") else {
      place = start
      throw syntaxError("the text that begins here has no end")
    }
    return String(decoding: units, as: UTF8.self)
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
    UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]

  /// What stands behind a backslash.
  private mutating func escape() throws(ConfigurationError) -> Unicode.Scalar {
    if let byte = next, let scalar = Self.escapes[byte] {
      place += 1
      return scalar
    }
    guard let first = codeUnit() else { throw syntaxError("no such character can stand behind a \\") }
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Two units for a character beyond the first 65536.
    let isBackslash = take("\\")
    guard first < 0xdc00, isBackslash, let second = codeUnit(), (0xdc00...0xdfff).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
    else { throw syntaxError("half of a character") }
    return scalar
  }

  /// `u` and four hexadecimal digits.
  private mutating func codeUnit() -> UInt16? {
    let digits = bytes[place...].dropFirst().prefix(4)
    guard next == UInt8(ascii: "u"), digits.count == 4,
      digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    place += 5
    return unit
  }
}
