/// Damage of bytes: flips, numbers replaced, parts cut, doubled and moved.
extension Mutator {
  mutating func truncate(_ bytes: inout [UInt8]) { bytes.removeLast(random.integer(below: bytes.count + 1)) }

  /// The beginning of one file and the end of another.
  mutating func splice(_ bytes: inout [UInt8], _ donor: [UInt8]) {
    bytes = bytes.prefix(random.integer(below: bytes.count + 1)) + donor.suffix(random.integer(below: donor.count + 1))
  }

  mutating func changeBytes(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = (0..<random.integer(below: 64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      return
    }
    // Headers are where it matters most.
    let reach = one(in: 2) ? bytes.count : min(bytes.count, 64)
    let place = random.integer(below: reach)
    switch random.integer(below: 8) {
    case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
    case 1: bytes[place] = element(of: [0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())])
    case 2: bytes.removeSubrange(part(of: bytes.count))
    case 3: bytes.insert(contentsOf: Array(bytes[part(of: bytes.count)]), at: place)
    case 4:
      bytes.insert(
        contentsOf: (0..<random.integer(below: 9)).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: place)
    case 5: bytes.append(contentsOf: [UInt8](repeating: 0, count: random.integer(below: 64)))
    default: replaceNumber(&bytes, at: place)
    }
  }

  /// Puts a number that lengths and counts trip over, in 1 to 8 bytes and either order.
  private mutating func replaceNumber(_ bytes: inout [UInt8], at place: Int) {
    let width = element(of: [1, 2, 4, 8])
    guard place + width <= bytes.count else { return }
    let isBig = one(in: 2)
    let old = (0..<width).reduce(UInt64(0)) {
      $0 | UInt64(bytes[place + $1]) << UInt64(8 * (isBig ? width - 1 - $1 : $1))
    }
    let all: UInt64 = .max >> UInt64(64 - 8 * width)
    let number = element(of: [
      0, 1, all, all >> 1, all / 2 + 1, old &+ 1, old &- 1, old &* 2, old << 8, UInt64(bytes.count),
      UInt64(bytes.count) &+ 1, 0x7FF0_0000_0000_0000, 0x7F80_0000, 0x10000, random.next(),
    ])
    for index in 0..<width {
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (isBig ? width - 1 - index : index)))
    }
  }
}
