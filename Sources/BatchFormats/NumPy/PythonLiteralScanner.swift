/// Walks through the little of Python's literals that an NPY header is made of: a dictionary of texts, truth values and
/// tuples of whole numbers.
struct PythonLiteralScanner {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0

  /// Text from a file; `path` is for messages.
  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// An error that tells where in the header the scanner stands.
  func failure(_ problem: String) -> DataError {
    DataError(
      .malformed, path: path, "byte \(position) of the NPY header is wrong: \(problem)",
      hint: "the file is damaged; save the array again")
  }

  /// Walks through the only dictionary; `member` is called behind each key and consumes its value.
  mutating func dictionary(
    _ member: (inout PythonLiteralScanner, String) throws(DataError) -> Void
  ) throws(DataError) {
    var keys: Set<String> = []
    try expect("{")
    while !accept("}") {
      let key = try text()
      guard keys.insert(key).inserted else { throw failure("the key '\(key)' occurs twice") }
      try expect(":")
      try member(&self, key)
      guard accept(",") else {
        try expect("}")
        break
      }
    }
    skipBlanks()
    guard position == bytes.count else { throw failure("something follows the dictionary") }
  }

  /// The description of the elements: a text, which it is not for records.
  mutating func elementDescription() throws(DataError) -> String {
    guard !accept("[") else {
      throw DataError(
        .malformed, path: path, "the elements are records of several fields, not numbers",
        hint: "save each field as an array of its own")
    }
    return try text()
  }

  /// `True` or `False`.
  mutating func truthValue() throws(DataError) -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("True or False belongs here")
  }

  /// A tuple of whole numbers from 0 on.
  mutating func counts(atMost limit: Int) throws(DataError) -> [Int] {
    var counts: [Int] = []
    try expect("(")
    while !accept(")") {
      guard counts.count < limit else { throw failure("a tuple has more than \(limit) numbers") }
      counts.append(try count())
      guard accept(",") else {
        try expect(")")
        break
      }
    }
    return counts
  }

  private mutating func count() throws(DataError) -> Int {
    skipBlanks()
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let count = Int(String(decoding: digits, as: UTF8.self)) else {
      throw failure("a whole number from 0 on belongs here")
    }
    position += digits.count
    // Python 2 wrote long integers with an L.
    _ = accept("L")
    return count
  }

  private mutating func text() throws(DataError) -> String {
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "'") || bytes[position] == UInt8(ascii: "\"") else {
      throw failure("a text in quotes belongs here")
    }
    let quote = bytes[position]
    let content = bytes[(position + 1)...].prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
    guard content.endIndex < bytes.count, bytes[content.endIndex] == quote else {
      throw failure("a text is not closed, or has an escape sequence")
    }
    position = content.endIndex + 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(DataError) {
    guard accept(character) else { throw failure("'\(character)' belongs here") }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\n") {
      position += 1
    }
  }
}
