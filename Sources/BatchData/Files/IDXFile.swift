/// An array of bytes in the IDX format of the MNIST files (LeCun), compressed or not.
///
/// The file begins with 0, 0, the element type (8: unsigned bytes), the number of dimensions, and each dimension as a
/// big-endian 32-bit number.
struct IDXFile {
  /// The dimensions; the first is the number of examples.
  let shape: [Int]
  /// The elements, the last dimension fastest.
  let elements: ArraySlice<UInt8>

  /// Reads a file of unsigned bytes.
  ///
  /// - Throws: ``DataError`` when the file cannot be read, is damaged, or is not what its head says.
  init(_ path: String, dimensions: Int) throws(DataError) {
    var bytes = try FileBytes.read(path)
    if Gzip.isCompressed(bytes) { bytes = try Gzip.decompress(bytes, path: path) }
    let headLength = 4 + 4 * dimensions
    guard bytes.count >= headLength else {
      throw .malformed(path: path, reason: "\(bytes.count) bytes are too few for the head of an IDX file")
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      throw .malformed(path: path, reason: "it does not begin as an IDX file does (two zero bytes)")
    }
    guard bytes[2] == 8 else {
      throw .malformed(path: path, reason: "its elements have type \(bytes[2]); only unsigned bytes (8) are read")
    }
    guard Int(bytes[3]) == dimensions else {
      throw .malformed(path: path, reason: "it has \(bytes[3]) dimensions where \(dimensions) are expected")
    }
    let shape = (0..<dimensions).map { dimension in
      bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
    // A head that lies is found out before anything is allocated for it.
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw .malformed(path: path, reason: "its dimensions \(shape) are beyond any file") }
      count = product
    }
    guard bytes.count - headLength == count else {
      throw .malformed(
        path: path,
        reason: "its head announces \(count) elements (\(shape.map(String.init).joined(separator: "×"))) "
          + "and \(bytes.count - headLength) follow; fetch it again")
    }
    self.shape = shape
    elements = bytes[headLength...]
  }
}
