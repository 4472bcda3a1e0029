/// Damage of text: numbers out of all bounds, separators dropped and doubled, lines and words moved and repeated.
extension Mutator {
  private static let separators = Array(",;:=.\t\n\r \"'|/%^-+x*()[]{}_#\\".utf8)

  private static let fragments = [
    "", "0", "-1", "-0", "1e300", "-1e300", "1e-320", "nan", "NaN", "inf", "-inf", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "18446744073709551616", "100000", "1000000", "30000000",
    "2147483647", "2147483648", "4294967296",
    "1/0", "0/0", "0x10", "1_000", "1,5", "٣", "½", "é", "\u{301}", "\u{FEFF}", "\u{0}", "\u{1B}[2J", "😀", "\"", "%",
    "5%", "100.0000001%", "1..1000000000", "0.0000000000000000000000000001", "true", "null", "all", "none",
  ].map { Array($0.utf8) }

  /// Changes text within its first bytes, so many of them.
  mutating func changeText(_ bytes: inout [UInt8], within reach: Int) {
    let reach = min(reach, bytes.count)
    let place = random.integer(below: reach + 1)
    switch random.integer(below: 10) {
    case 0, 1, 2:
      guard let range = range(in: bytes[..<reach], where: { (0x30...0x39).contains($0) }) else { fallthrough }
      bytes.replaceSubrange(range, with: element(of: Self.fragments))
    case 3:
      guard let range = range(in: bytes[..<reach], where: { Self.separators.contains($0) }) else { fallthrough }
      let kept = bytes[range.lowerBound]
      bytes.replaceSubrange(range, with: element(of: [[], [kept, kept], [element(of: Self.separators)]]))
    case 4:
      guard let range = range(in: bytes[..<reach], where: { !Self.separators.contains($0) }) else { fallthrough }
      bytes.replaceSubrange(range, with: element(of: Self.fragments))
    case 5: bytes.insert(contentsOf: element(of: Self.fragments), at: place)
    case 6: bytes.insert(element(of: Self.separators), at: place)
    case 7: moveLines(&bytes)
    case 8: repeatPart(&bytes, within: reach)
    default: changeBytes(&bytes)
    }
  }

  /// A run of bytes of a kind.
  private mutating func range(in bytes: ArraySlice<UInt8>, where belongs: (UInt8) -> Bool) -> Range<Int>? {
    let places = bytes.indices.filter { belongs(bytes[$0]) }
    guard !places.isEmpty else { return nil }
    let place = element(of: places)
    let end = bytes[place...].firstIndex { !belongs($0) } ?? bytes.endIndex
    let start = bytes[..<place].lastIndex { !belongs($0) }.map { $0 + 1 } ?? bytes.startIndex
    // Separators one at a time.
    return Self.separators.contains(bytes[place]) ? place..<place + 1 : start..<end
  }

  private mutating func moveLines(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    let index = random.integer(below: lines.count)
    switch random.integer(below: 3) {
    case 0: lines.swapAt(index, random.integer(below: lines.count))
    case 1: lines.insert(lines[index], at: random.integer(below: lines.count + 1))
    default: lines.remove(at: index)
    }
    bytes = Array(lines.joined(separator: [10]))
  }

  /// A part many times, as in deep nesting; what comes out is at most 64 KiB longer.
  private mutating func repeatPart(_ bytes: inout [UInt8], within reach: Int) {
    let range = part(of: reach)
    guard !range.isEmpty else { return }
    let times = min(element(of: [2, 20, 2000]), 65_536 / range.count)
    bytes.insert(contentsOf: Array(repeatElement(bytes[range], count: times).joined()), at: range.upperBound)
  }
}
