/// Damage of JSON that stays JSON: values that cannot be, members missing and doubled, lists of another length.
extension Mutator {
  private static let values = [
    "\"nan\"", "\"inf\"", "\"-inf\"", "1e300", "-1e300", "1e-320", "1e19", "-1", "0", "-0.0", "0.5", "1", "2",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "4294967296", "2147483648", "null", "true",
    "100000", "1000000", "30000000", "false", "\"\"", "\"\\u0000\"", "\"<script>&\\u0301\"", "[]", "{}", "[[]]",
    "1e999", "NaN",
  ].map { Array($0.utf8) }

  mutating func changeJSON(_ bytes: inout [UInt8], donor: [UInt8]) {
    let outline = JSONOutline(bytes)
    guard !outline.scalars.isEmpty else { return changeText(&bytes, within: .max) }
    // JSON that is kept as text is one value of many, and has most of what is to be read.
    let inner = outline.scalars.filter { $0.count > 2 && bytes[$0.lowerBound + 1] == UInt8(ascii: "{") }
    let isInner = !inner.isEmpty && !one(in: 3)
    let range = element(of: isInner ? inner : outline.scalars)
    // Names and settings are read further than into being texts.
    if isInner || bytes[range.lowerBound] == UInt8(ascii: "\"") && one(in: 2) {
      return changeInside(&bytes, range)
    }
    switch random.integer(below: 11) {
    case 0, 1, 2, 3: bytes.replaceSubrange(range, with: element(of: Self.values))
    case 4: changeInside(&bytes, range)
    case 5: bytes.replaceSubrange(range, with: bytes[element(of: outline.scalars)])
    case 6:
      let others = JSONOutline(donor).scalars
      guard !others.isEmpty else { fallthrough }
      bytes.replaceSubrange(range, with: donor[element(of: others)])
    case 7: nest(&bytes, range)
    case 8: changeMany(&bytes, outline)
    default: changeMembers(&bytes, outline)
    }
  }

  /// The characters of one value; JSON that is kept as text in JSON is changed as JSON.
  private mutating func changeInside(_ bytes: inout [UInt8], _ range: Range<Int>) {
    guard bytes[range.lowerBound] == UInt8(ascii: "\""), range.count > 2 else {
      var number = Array(bytes[range])
      changeText(&number, within: .max)
      bytes.replaceSubrange(range, with: number)
      return
    }
    var content = Array(bytes[range.lowerBound + 1..<range.upperBound - 1])
    if content.first == UInt8(ascii: "{") {
      content = Self.unescaped(content)
      changeJSON(&content, donor: content)
      content = Self.escaped(content)
    } else {
      changeText(&content, within: .max)
    }
    bytes.replaceSubrange(range.lowerBound + 1..<range.upperBound - 1, with: content)
  }

  private mutating func nest(_ bytes: inout [UInt8], _ range: Range<Int>) {
    let depth = element(of: [1, 5, 600, 20_000])
    let (open, close) = element(of: [("[", "]"), ("{\"a\":", "}")])
    let value = Array(bytes[range])
    bytes.replaceSubrange(
      range,
      with: repeatElement(Array(open.utf8), count: depth).joined() + value
        + repeatElement(Array(close.utf8), count: depth).joined())
  }

  /// All numbers of the text, or some, become the same one.
  private mutating func changeMany(_ bytes: inout [UInt8], _ outline: JSONOutline) {
    let value = element(of: Self.values)
    let isAll = one(in: 2)
    for range in outline.scalars.reversed()
    where bytes[range.lowerBound] < 0x3A && bytes[range.lowerBound] != 0x22 && (isAll || one(in: 4)) {
      bytes.replaceSubrange(range, with: value)
    }
  }

  /// Members and elements are left out, doubled, swapped, or all but some go.
  private mutating func changeMembers(_ bytes: inout [UInt8], _ outline: JSONOutline) {
    guard !outline.containers.isEmpty else { return }
    let members = element(of: outline.containers)
    var parts = members.map { Array(bytes[$0]) }
    let index = random.integer(below: parts.count)
    switch random.integer(below: 6) {
    case 0, 1: parts.remove(at: index)
    case 2: parts.insert(parts[index], at: random.integer(below: parts.count + 1))
    case 3: parts.swapAt(index, random.integer(below: parts.count))
    case 4: parts.removeLast(random.integer(below: parts.count + 1))
    default: parts += [[UInt8]](repeating: parts[index], count: element(of: [2, 30, 500]))
    }
    bytes.replaceSubrange(
      members[0].lowerBound..<members[members.count - 1].upperBound, with: Array(parts.joined(separator: [0x2C])))
  }

  /// Without the backslashes of a JSON text, of which the files have none but before quotes and backslashes.
  static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
      result.append(bytes[index])
      index += 1
    }
    return result
  }

  static func escaped(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0] }
  }
}
