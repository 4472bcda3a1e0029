/// Where the values of a JSON text lie; what is no JSON has as many as are found before the first mistake.
struct JSONOutline {
  /// Numbers, texts and names.
  private(set) var scalars: [Range<Int>] = []
  /// The members of objects and the elements of lists, of each of which there is at least one.
  private(set) var containers: [[Range<Int>]] = []

  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    _ = value(depth: 0)
  }

  private mutating func value(depth: Int) -> Bool {
    skipBlanks()
    guard offset < bytes.count, depth < 200 else { return false }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return members(depth, end: UInt8(ascii: "}"), haveKeys: true)
    case UInt8(ascii: "["): return members(depth, end: UInt8(ascii: "]"), haveKeys: false)
    default:
      let start = offset
      guard scalar() else { return false }
      scalars.append(start..<offset)
      return true
    }
  }

  private mutating func members(_ depth: Int, end: UInt8, haveKeys: Bool) -> Bool {
    offset += 1
    var members: [Range<Int>] = []
    defer { if !members.isEmpty { containers.append(members) } }
    while true {
      skipBlanks()
      guard offset < bytes.count else { return false }
      if bytes[offset] == end {
        offset += 1
        return true
      }
      if bytes[offset] == UInt8(ascii: ",") {
        offset += 1
        continue
      }
      let start = offset
      if haveKeys {
        guard scalar() else { return false }
        skipBlanks()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { return false }
        offset += 1
      }
      guard value(depth: depth + 1) else { return false }
      members.append(start..<offset)
    }
  }

  /// Passes over a text, a number or a name.
  private mutating func scalar() -> Bool {
    let start = offset
    if bytes[offset] == UInt8(ascii: "\"") {
      offset += 1
      while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
        offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard offset < bytes.count else { return false }
      offset += 1
      return true
    }
    while offset < bytes.count, !Array(",]}: \n\t\r".utf8).contains(bytes[offset]) { offset += 1 }
    return offset > start
  }

  private mutating func skipBlanks() {
    while offset < bytes.count, Array(" \n\t\r".utf8).contains(bytes[offset]) { offset += 1 }
  }
}
