public import BatchAlgebra

/// NumPy's file of one array, `.npy`: `numpy.save` writes it and `numpy.load` reads it.
///
/// Read are the versions 1.0, 2.0 and 3.0, numbers of every ``ElementType`` but bfloat16 in both byte orders, and
/// arrays in C and in Fortran order. Written is version 1.0, little-endian, in C order.
public enum NPY {
  /// An array as the bytes of a `.npy` file.
  ///
  /// - Throws: ``DataError`` for bfloat16, which NumPy does not have.
  public static func encode(_ array: StoredArray) throws(DataError) -> [UInt8] {
    try NPYHeader.bytes(of: array.elementType, shape: array.shape) + array.bytes
  }

  /// A matrix as the bytes of a `.npy` file of 32-bit floats.
  public static func encode(_ matrix: Matrix<Float>) -> [UInt8] {
    do {
      return try encode(StoredArray(shape: [matrix.rows, matrix.columns], matrix.elements))
    } catch {
      preconditionFailure("NumPy has 32-bit floats: \(error)")
    }
  }

  /// The array in the bytes of a `.npy` file; `path` is for messages.
  ///
  /// - Throws: ``DataError`` for bytes that are no such file, cut short, or hold something other than numbers.
  public static func decodeArray(_ bytes: [UInt8], path: String) throws(DataError) -> StoredArray {
    var rest = bytes[...]
    let header = try NPYHeader(path: path) { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    guard header.byteCount == rest.count else { throw header.doesNotFit("\(rest.count) bytes follow", path: path) }
    return array(header, Array(rest))
  }

  private static func array(_ header: NPYHeader, _ bytes: [UInt8]) -> StoredArray {
    var elements = bytes
    let width = header.elementType.byteCount
    if header.isBigEndian { reverseBytes(of: &elements, width: width) }
    if header.isFortranOrder { elements = inCOrder(elements, shape: header.shape, width: width) }
    return StoredArray(elementType: header.elementType, shape: header.shape, bytes: elements)
  }

  /// The matrix in the bytes of a `.npy` file of two dimensions and 32-bit floats; `path` is for messages.
  ///
  /// - Throws: ``DataError`` for bytes that are something else or cut short.
  public static func decode(_ bytes: [UInt8], path: String) throws(DataError) -> Matrix<Float> {
    let array = try decodeArray(bytes, path: path)
    guard array.elementType == .float32, array.shape.count == 2 else {
      throw DataError(
        .malformed, path: path, "it holds no matrix of 32-bit floats, but \(array.elementType) of shape \(array.shape)",
        hint: "make the file anew")
    }
    var matrix = try Matrix<Float>(rows: array.shape[0], columns: array.shape[1], for: path)
    matrix.withMutableView { view in
      array.bytes.withUnsafeBytes { bytes in
        convertElements(
          bytes, of: .float32, into: UnsafeMutableBufferPointer(start: view.baseAddress, count: array.count))
      }
    }
    return matrix
  }

  /// The array in a `.npy` file, .gz or plain.
  ///
  /// The header is read first, and no more than it announces behind it.
  ///
  /// - Throws: ``DataError`` for a file that cannot be read, is no such file, or holds something other than numbers.
  public static func read(_ path: String) throws(DataError) -> StoredArray {
    let source = try ByteSource(path: path)
    let header = try NPYHeader(path: path) { (count) throws(DataError) in try source.read(upTo: count) }
    guard let byteCount = header.byteCount, byteCount <= source.largestByteCount else {
      throw header.doesNotFit("no more than \(source.largestByteCount) bytes can follow", path: path)
    }
    let bytes = try source.read(upTo: byteCount)
    guard bytes.count == byteCount else { throw header.doesNotFit("\(bytes.count) bytes follow", path: path) }
    guard try source.read(upTo: 1).isEmpty else { throw header.doesNotFit("more bytes follow", path: path) }
    return array(header, bytes)
  }

  private static func reverseBytes(of elements: inout [UInt8], width: Int) {
    for start in stride(from: 0, to: elements.count, by: width) { elements[start..<start + width].reverse() }
  }

  /// Elements whose first dimension runs fastest, with the last running fastest.
  private static func inCOrder(_ elements: [UInt8], shape: [Int], width: Int) -> [UInt8] {
    let rank = shape.count
    guard rank > 1, !elements.isEmpty else { return elements }
    // How far apart in the file neighbours along each dimension are.
    var strides = [Int](repeating: width, count: rank)
    for k in 1..<rank { strides[k] = strides[k - 1] * shape[k - 1] }
    var index = [Int](repeating: 0, count: rank)
    var offset = 0
    return [UInt8](unsafeUninitializedCapacity: elements.count) { target, initialised in
      for start in stride(from: 0, to: elements.count, by: width) {
        for byte in 0..<width { target[start + byte] = elements[offset + byte] }
        // The next index, the last dimension first.
        var k = rank - 1
        while k >= 0 {
          index[k] += 1
          offset += strides[k]
          if index[k] < shape[k] { break }
          offset -= strides[k] * shape[k]
          index[k] = 0
          k -= 1
        }
      }
      initialised = elements.count
    }
  }
}
