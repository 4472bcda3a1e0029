/// The fields of a Protocol Buffers message, read by the specification and without the code under test.
public struct ProtobufFields: Equatable {
  /// What a field holds, before its type is known.
  public enum Value: Equatable {
    /// A whole number.
    case varint(UInt64)
    /// 64 bits.
    case fixed64(UInt64)
    /// A string, bytes, a message or packed numbers.
    case bytes([UInt8])
    /// 32 bits.
    case fixed32(UInt32)
  }

  /// Bytes that are no message.
  public struct NotAMessage: Error {}

  /// The fields' numbers, in the order of the bytes.
  public private(set) var numbers: [Int] = []
  /// What each of them holds.
  public private(set) var values: [Value] = []

  /// Reads the bytes of a message.
  public init(_ bytes: some Collection<UInt8>) throws {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let key = try Self.varint(&rest)
      numbers.append(Int(key >> 3))
      switch key & 7 {
      case 0: values.append(.varint(try Self.varint(&rest)))
      case 1: values.append(.fixed64(Self.number(try Self.take(8, &rest))))
      case 2: values.append(.bytes(try Self.take(Int(Self.varint(&rest)), &rest)))
      case 5: values.append(.fixed32(UInt32(Self.number(try Self.take(4, &rest)))))
      default: throw NotAMessage()
      }
    }
  }

  /// What the fields with a number hold.
  public subscript(_ number: Int) -> [Value] { zip(numbers, values).filter { $0.0 == number }.map(\.1) }

  /// The messages in the fields with a number.
  public func messages(_ number: Int) throws -> [ProtobufFields] { try bytes(number).map { try ProtobufFields($0) } }

  /// The strings in the fields with a number.
  public func strings(_ number: Int) -> [String] { bytes(number).map { String(decoding: $0, as: UTF8.self) } }

  /// The bytes in the fields with a number.
  public func bytes(_ number: Int) -> [[UInt8]] {
    self[number].compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
  }

  /// The whole numbers in the fields with a number.
  public func integers(_ number: Int) -> [Int] {
    self[number].compactMap { if case .varint(let value) = $0 { Int(Int64(bitPattern: value)) } else { nil } }
  }

  /// The 64-bit numbers in the fields with a number.
  public func doubles(_ number: Int) -> [Double] {
    self[number].compactMap { if case .fixed64(let bits) = $0 { Double(bitPattern: bits) } else { nil } }
  }

  /// The 32-bit numbers in the fields with a number.
  public func floats(_ number: Int) -> [Float] {
    self[number].compactMap { if case .fixed32(let bits) = $0 { Float(bitPattern: bits) } else { nil } }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { throw NotAMessage() }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw NotAMessage()
  }

  private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws -> [UInt8] {
    guard count >= 0, count <= rest.count else { throw NotAMessage() }
    defer { rest.removeFirst(count) }
    return Array(rest.prefix(count))
  }

  private static func number(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
