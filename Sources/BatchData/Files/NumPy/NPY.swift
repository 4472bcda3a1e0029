public import BatchAlgebra

/// NumPy's file of one array (format 1.0): `numpy.load` reads it.
public enum NPY {
  private static var magic: [UInt8] { [0x93] + Array("NUMPY".utf8) + [1, 0] }

  /// A matrix as the bytes of a `.npy` file of little-endian 32-bit floats.
  public static func encode(_ matrix: Matrix<Float>) -> [UInt8] {
    var head = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(matrix.rows), \(matrix.columns)), }"
    // The data begin at a multiple of 64 bytes, after a line break.
    let unpadded = magic.count + 2 + head.utf8.count + 1
    head += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = UInt16(head.utf8.count)
    var bytes = magic + [UInt8(length & 0xff), UInt8(length >> 8)] + Array(head.utf8)
    bytes.reserveCapacity(bytes.count + matrix.count * 4)
    for element in matrix.elements {
      withUnsafeBytes(of: element.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The matrix in the bytes of a `.npy` file of two dimensions and little-endian 32-bit floats.
  ///
  /// - Throws: ``DataError`` for bytes that are something else or cut short.
  public static func decode(_ bytes: [UInt8], path: String) throws(DataError) -> Matrix<Float> {
    guard bytes.count >= 10, bytes.starts(with: magic) else {
      throw malformed(path, "it is no NPY file of format 1.0")
    }
    let dataStart = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard bytes.count >= dataStart else { throw malformed(path, "its head is cut short") }
    let head = String(decoding: bytes[10..<dataStart], as: UTF8.self)
    guard head.contains("'descr': '<f4'"), head.contains("'fortran_order': False"),
      let match = head.firstMatch(of: #/'shape': \((\d+), (\d+)\)/#), let rows = Int(match.1),
      let columns = Int(match.2)
    else { throw malformed(path, "it holds no row-major matrix of 32-bit floats") }
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count <= bytes.count, bytes.count - dataStart == count * 4 else {
      throw malformed(path, "its head announces \(rows)×\(columns) floats and \(bytes.count - dataStart) bytes follow")
    }
    var matrix = try datasetMatrix(rows: rows, columns: columns, for: path)
    matrix.withMutableView { view in
      bytes.withUnsafeBytes { raw in
        for i in 0..<count {
          let bits = raw.loadUnaligned(fromByteOffset: dataStart + 4 * i, as: UInt32.self)
          view.baseAddress[i] = Float(bitPattern: UInt32(littleEndian: bits))
        }
      }
    }
    return matrix
  }

  private static func malformed(_ path: String, _ problem: String) -> DataError {
    DataError(.malformed, path: path, problem, mend: "make the file anew")
  }
}
