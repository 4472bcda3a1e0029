/// A Protocol Buffers message in the wire format, written field by field.
///
/// Fields stand in the order in which they are added; in the order of their numbers the bytes are those that Google's
/// own libraries write. Source: *Protocol Buffers, Encoding* (protobuf.dev/programming-guides/encoding).
package struct ProtobufMessage: Sendable {
  /// The message's bytes.
  package private(set) var bytes: [UInt8] = []

  /// A message without fields.
  package init() {}

  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// Adds an `int32`, `int64` or `enum`; a negative number takes ten bytes.
  package mutating func add(_ field: Int, int64 value: Int) {
    addKey(field, .varint)
    addVarint(UInt64(bitPattern: Int64(value)))
  }

  /// Adds a `float`.
  package mutating func add(_ field: Int, float value: Float) {
    addKey(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a `double`.
  package mutating func add(_ field: Int, double value: Double) {
    addKey(field, .fixed64)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a `string`.
  package mutating func add(_ field: Int, string value: String) { add(field, bytes: value.utf8) }

  /// Adds `bytes`.
  package mutating func add(_ field: Int, bytes value: some Collection<UInt8>) {
    addKey(field, .lengthDelimited)
    addVarint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Adds a message within this one.
  package mutating func add(_ field: Int, message: ProtobufMessage) { add(field, bytes: message.bytes) }

  /// Adds a `repeated int64` that is packed; nothing where there are no values.
  package mutating func add(_ field: Int, packed values: [Int]) {
    guard !values.isEmpty else { return }
    var packed = ProtobufMessage()
    for value in values { packed.addVarint(UInt64(bitPattern: Int64(value))) }
    add(field, bytes: packed.bytes)
  }

  private mutating func addKey(_ field: Int, _ type: WireType) {
    precondition(field >= 1 && field < 1 << 29, "\(field) is no field number")
    addVarint(UInt64(field) << 3 | type.rawValue)
  }

  /// Seven bits a byte, the least significant first; the eighth says that more follow.
  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
