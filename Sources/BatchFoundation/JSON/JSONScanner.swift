/// Walks through JSON text (RFC 8259), value by value, as strictly as text from an unknown file deserves.
///
/// Unlike a decoder it tells where a mistake is, refuses a key that stands twice in an object, and leaves numbers as
/// they are written. The caller says what a failure looks like, from the problem and the offset of the byte that is at
/// fault.
package struct JSONScanner<Failure: Error> {
  private let bytes: [UInt8]
  private let failureAt: (_ problem: String, _ offset: Int) -> Failure
  /// The offset of the byte that comes next.
  package private(set) var offset = 0

  private static var quote: UInt8 { UInt8(ascii: "\"") }
  private static var backslash: UInt8 { UInt8(ascii: "\\") }

  /// A walk that begins at the first byte.
  package init(_ bytes: [UInt8], failure: @escaping (_ problem: String, _ offset: Int) -> Failure) {
    self.bytes = bytes
    failureAt = failure
  }

  /// A failure at the offset where the scanner stands.
  package func failure(_ problem: String) -> Failure { failureAt(problem, offset) }

  /// The first byte of what comes next, blanks left out; nil at the end.
  package mutating func next() -> UInt8? {
    skipBlanks()
    return offset < bytes.count ? bytes[offset] : nil
  }

  /// Walks through an object; `member` is called behind each key and consumes its value.
  package mutating func object(_ member: (inout JSONScanner, String) throws(Failure) -> Void) throws(Failure) {
    guard accept("{") else { throw failure("a { should stand here") }
    guard !accept("}") else { return }
    var keys: Set<String> = []
    repeat {
      guard next() == Self.quote else { throw failure("a key in double quotes should stand here") }
      let start = offset
      let key = try string()
      guard keys.insert(key).inserted else { throw failureAt("the key '\(key)' stands twice", start) }
      guard accept(":") else { throw failure("a : should stand between the key \"\(key)\" and its value") }
      try member(&self, key)
    } while accept(",")
    guard accept("}") else { throw failure("a , or a } should stand here") }
  }

  /// Walks through a list; `element` is called before each element and consumes it.
  package mutating func list(_ element: (inout JSONScanner) throws(Failure) -> Void) throws(Failure) {
    guard accept("[") else { throw failure("a [ should stand here") }
    guard !accept("]") else { return }
    repeat { try element(&self) } while accept(",")
    guard accept("]") else { throw failure("a , or a ] should stand here") }
  }

  /// A list of whole numbers from 0 on.
  package mutating func counts(atMost limit: Int) throws(Failure) -> [Int] {
    var counts: [Int] = []
    try list { (scanner) throws(Failure) in
      guard counts.count < limit else { throw scanner.failure("a list has more than \(limit) numbers") }
      counts.append(try scanner.count())
    }
    return counts
  }

  /// A string.
  package mutating func string() throws(Failure) -> String {
    guard next() == Self.quote else { throw failure("text in double quotes should stand here") }
    let start = offset
    offset += 1
    var text: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte >= 0x20 else {
        throw failure("a line must not end, nor a tab stand, within text: write \\n or \\t")
      }
      offset += 1
      switch byte {
      case Self.quote:
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failureAt("the text that begins here is not UTF-8", start)
        }
        return string
      case Self.backslash: text.append(contentsOf: String(try escapedCharacter()).utf8)
      default: text.append(byte)
      }
    }
    throw failureAt("the text that begins here has no end", start)
  }

  /// The characters of a number or of one of JSON's three names, not consumed.
  package mutating func word() -> ArraySlice<UInt8> {
    skipBlanks()
    return bytes[offset...].prefix { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    }
  }

  /// Continues behind what ``word()`` gave.
  package mutating func skip(_ word: ArraySlice<UInt8>) { offset = word.endIndex }

  /// Nothing but blanks may follow.
  package mutating func end() throws(Failure) {
    guard next() == nil else { throw failure("there is something behind the last }") }
  }

  private mutating func count() throws(Failure) -> Int {
    let word = word()
    guard JSONText.isNumber(word), word.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw failure("a whole number from 0 on should stand here")
    }
    guard let count = Int(String(decoding: word, as: UTF8.self)) else { throw failure("a number is too large") }
    skip(word)
    return count
  }

  /// The character that an escape sequence stands for; the backslash has been read.
  private mutating func escapedCharacter() throws(Failure) -> Unicode.Scalar {
    guard offset < bytes.count else { throw failure("no such character can stand behind a \\") }
    offset += 1
    switch bytes[offset - 1] {
    case Self.quote: return "\""
    case Self.backslash: return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try character(withFirst: try codeUnit())
    default:
      offset -= 1
      throw failure("no such character can stand behind a \\")
    }
  }

  /// The character that one code unit of UTF-16, or a pair of them, stands for.
  private mutating func character(withFirst first: UInt32) throws(Failure) -> Unicode.Scalar {
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, offset + 1 < bytes.count, bytes[offset] == Self.backslash,
      bytes[offset + 1] == UInt8(ascii: "u")
    else { throw failure("half of a character") }
    offset += 2
    let second = try codeUnit()
    guard case 0xDC00...0xDFFF = second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("half of a character") }
    return scalar
  }

  private mutating func codeUnit() throws(Failure) -> UInt32 {
    var unit: UInt32 = 0
    guard offset + 4 <= bytes.count else { throw failure("four hexadecimal digits should stand behind \\u") }
    for byte in bytes[offset..<offset + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits should stand behind \\u")
      }
      unit = unit << 4 | UInt32(digit)
    }
    offset += 4
    return unit
  }

  private mutating func accept(_ character: Character) -> Bool {
    guard next() == character.asciiValue else { return false }
    offset += 1
    return true
  }

  private mutating func skipBlanks() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }
}
