import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite struct ProtobufTests {
  private func bytes(_ write: (inout ProtobufMessage) -> Void) -> [UInt8] {
    var message = ProtobufMessage()
    write(&message)
    return message.bytes
  }

  /// The examples of the specification: 150 in field 1, "testing" in field 2, packed numbers in field 6.
  @Test func writesTheExamplesOfTheSpecification() {
    #expect(bytes { $0.add(1, int64: 150) } == [0x08, 0x96, 0x01])
    #expect(bytes { $0.add(2, string: "testing") } == [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
    #expect(bytes { $0.add(6, packed: [3, 270, 86942]) } == [0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05])
    #expect(
      bytes { outer in
        var inner = ProtobufMessage()
        inner.add(1, int64: 150)
        outer.add(3, message: inner)
      } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(bytes { $0.add(1, packed: []) } == [])
    #expect(bytes { $0.add(1, string: "") } == [0x0A, 0x00])
  }

  /// The numbers of bytes change at powers of 2⁷; a negative number has all ten (python-protobuf 7.36 writes the same).
  @Test(arguments: [
    (0, [0x00]), (1, [0x01]), (127, [0x7F]), (128, [0x80, 0x01]), (16383, [0xFF, 0x7F]), (16384, [0x80, 0x80, 0x01]),
    (-1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    (Int.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
    (Int.min, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
  ])
  func writesWholeNumbers(_ value: Int, _ expected: [UInt8]) throws {
    #expect(bytes { $0.add(1, int64: value) } == [0x08] + expected)
    #expect(try ProtobufFields(bytes { $0.add(1, int64: value) }).integers(1) == [value])
  }

  @Test func writesNumbersOfFixedLength() {
    #expect(bytes { $0.add(2, float: 1.5) } == [0x15, 0x00, 0x00, 0xC0, 0x3F])
    #expect(bytes { $0.add(1, double: -2) } == [0x09, 0, 0, 0, 0, 0, 0, 0, 0xC0])
  }

  /// From field 16 on the key takes two bytes, and a length of 128 or more as well.
  @Test func writesLongKeysAndLengths() {
    #expect(bytes { $0.add(15, int64: 1) } == [0x78, 0x01])
    #expect(bytes { $0.add(16, int64: 1) } == [0x80, 0x01, 0x01])
    #expect(bytes { $0.add((1 << 29) - 1, int64: 1) } == [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01])
    #expect(bytes { $0.add(1, bytes: [UInt8](repeating: 7, count: 300)) }.prefix(4) == [0x0A, 0xAC, 0x02, 7])
  }
}
