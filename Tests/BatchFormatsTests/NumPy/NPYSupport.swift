import BatchTestSupport

@testable import BatchFormats

/// NPY files from the format's description, without the code under test.
enum NPYBytes {
  /// The format by its description, padded as NumPy pads.
  static func file(_ head: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
    let lengthSize = version == 1 ? 2 : 4
    let unpadded = 8 + lengthSize + head.utf8.count + 1
    let padded = head + String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = FileFormats.littleEndian(UInt32(padded.utf8.count)).prefix(lengthSize)
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(padded.utf8) + data
  }

  static func header(type: String = "<f4", order: String = "False", shape: String = "(2,)") -> [UInt8] {
    file("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }", data: [0, 0, 128, 63, 0, 0, 0, 64])
  }
}
