/// How the characters of a text file are written as bytes: UTF-8 is read, and nothing else is taken for it.
package enum TextEncoding {
  /// Refuses text that is not UTF-8.
  ///
  /// Bytes that stand for no character would all become the same one, and with it names that differ.
  ///
  /// - Throws: ``DataError`` with the line of the first byte that is not UTF-8.
  package static func requireUTF8(_ bytes: [UInt8], path: String) throws(DataError) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw utf16(path, line: nil) }
    guard let fault = bytes.withUnsafeBufferPointer({ firstFault($0) }) else { return }
    let line = line(of: fault, in: bytes)
    // Every other byte of Latin text in UTF-16 is zero.
    if bytes[fault] == 0 { throw utf16(path, line: line) }
    throw DataError(
      .malformed, path: path, line: line,
      "the byte \(bytes[fault]) there is not UTF-8, so it is not clear which character it is",
      hint: "convert the file, as by iconv -f LATIN1 -t UTF-8, or from whatever encoding it was saved in")
  }

  private static func utf16(_ path: String, line: Int?) -> DataError {
    DataError(
      .malformed, path: path, line: line,
      line == nil
        ? "the file is UTF-16 text, not UTF-8" : "there is a zero byte, as in UTF-16 text and in no UTF-8 table",
      hint: "save it as UTF-8, or convert it, as by iconv -f UTF-16 -t UTF-8")
  }

  /// Where the first byte lies that is zero or part of no character.
  private static func firstFault(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte &- 1 < 0x7F {
        position += 1
        continue
      }
      guard let length = characterLength(bytes, at: position) else { return position }
      position += length
    }
    return nil
  }

  /// The number of bytes of the character that begins with a byte above 127; nil where none does (RFC 3629).
  private static func characterLength(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
    let (length, second): (Int, ClosedRange<UInt8>)
    switch bytes[position] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
    for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { return nil }
    return length
  }

  /// The line, counted from 1, on which a byte lies; lines end in LF, CRLF or CR.
  private static func line(of position: Int, in bytes: [UInt8]) -> Int {
    var line = 1
    for index in 0..<position {
      let endsLine =
        bytes[index] == UInt8(ascii: "\n")
        || bytes[index] == UInt8(ascii: "\r") && (index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n"))
      if endsLine { line += 1 }
    }
    return line
  }
}
