import BatchTestSupport

@testable import BatchFormats

/// Safetensors files from the format's description, without the code under test.
enum SafeTensorsBytes {
  /// A file of that header, of the length told, and data.
  static func file(_ header: String, length: UInt64? = nil, data: [UInt8] = []) -> [UInt8] {
    littleEndian(length ?? UInt64(header.utf8.count)) + Array(header.utf8) + data
  }

  /// A file of one tensor of 32-bit numbers, with what the caller wants to be wrong.
  static func tensor(
    name: String = "w", type: String = "F32", shape: String = "[2,3]", offsets: String = "[0,24]",
    dataByteCount: Int = 24
  ) -> [UInt8] {
    let header = #"{"\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
    return file(header, data: [UInt8](repeating: 1, count: dataByteCount))
  }

  private static func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
