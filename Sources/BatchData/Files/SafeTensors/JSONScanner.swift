/// Walks through JSON text (RFC 8259), value by value, as strictly as a header from an unknown file deserves.
///
/// It knows what a safetensors header is made of: objects, lists, strings and whole numbers. A key that occurs twice in
/// an object is refused, which general readers of JSON do not do.
struct JSONScanner {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0

  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// Text from a file; `path` is for messages.
  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// An error that tells where in the header the scanner stands.
  func failure(_ problem: String) -> DataError {
    DataError(
      .malformed, path: path, "byte \(position) of the safetensors header is wrong: \(problem)",
      mend: "the file is damaged or no safetensors file; write or download it again")
  }

  /// Walks through an object; `member` is called behind each key and consumes its value.
  mutating func object(_ member: (inout JSONScanner, String) throws(DataError) -> Void) throws(DataError) {
    try expect(UInt8(ascii: "{"))
    guard !accept(UInt8(ascii: "}")) else { return }
    var keys: Set<String> = []
    repeat {
      let key = try string()
      guard keys.insert(key).inserted else { throw failure("the name '\(key)' occurs twice") }
      try expect(UInt8(ascii: ":"))
      try member(&self, key)
    } while accept(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// A list of whole numbers from 0 on.
  mutating func counts(atMost limit: Int) throws(DataError) -> [Int] {
    try expect(UInt8(ascii: "["))
    guard !accept(UInt8(ascii: "]")) else { return [] }
    var counts: [Int] = []
    repeat {
      guard counts.count < limit else { throw failure("a list has more than \(limit) numbers") }
      counts.append(try count())
    } while accept(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
    return counts
  }

  /// A string.
  mutating func string() throws(DataError) -> String {
    try expect(Self.quote)
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      guard byte >= 0x20 else { throw failure("a string holds the control character \(byte)") }
      position += 1
      switch byte {
      case Self.quote:
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("a string is not UTF-8") }
        return string
      case Self.backslash: text.append(contentsOf: String(try escapedCharacter()).utf8)
      default: text.append(byte)
      }
    }
    throw failure("a string is never closed")
  }

  /// Nothing but blanks may follow.
  mutating func end() throws(DataError) {
    skipBlanks()
    guard position == bytes.count else { throw failure("something follows the header's last brace") }
  }

  private mutating func count() throws(DataError) -> Int {
    skipBlanks()
    let start = position
    var value = 0
    while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] {
      let (tens, overflowOfTens) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowOfSum) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
      guard !overflowOfTens, !overflowOfSum else { throw failure("a number is too large") }
      value = sum
      position += 1
    }
    let hasLeadingZero = position > start + 1 && bytes[start] == UInt8(ascii: "0")
    guard position > start, !hasLeadingZero else { throw failure("a whole number from 0 on belongs here") }
    return value
  }

  /// The character that an escape sequence stands for; the backslash has been read.
  private mutating func escapedCharacter() throws(DataError) -> Unicode.Scalar {
    guard position < bytes.count else { throw failure("a string is never closed") }
    position += 1
    switch bytes[position - 1] {
    case Self.quote: return "\""
    case Self.backslash: return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try character(withFirst: try codeUnit())
    default: throw failure("an escape sequence does not exist")
    }
  }

  /// The character that one code unit of UTF-16, or a pair of them, stands for.
  private mutating func character(withFirst first: UInt32) throws(DataError) -> Unicode.Scalar {
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == Self.backslash,
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw failure("half of a pair of code units stands alone") }
    position += 2
    let second = try codeUnit()
    guard case 0xDC00...0xDFFF = second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("half of a pair of code units stands alone") }
    return scalar
  }

  private mutating func codeUnit() throws(DataError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure("a string is never closed") }
    var unit: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("an escape sequence has no four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
    }
    position += 4
    return unit
  }

  private mutating func expect(_ byte: UInt8) throws(DataError) {
    guard accept(byte) else { throw failure("'\(Character(Unicode.Scalar(byte)))' belongs here") }
  }

  private mutating func accept(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
