/// The header of an NPY file: the type of the elements, their order and the shape.
///
/// A file is `\x93NUMPY`, two bytes of version, the length of the header as a little-endian number of 16 bits (version
/// 1) or 32 (versions 2 and 3), the header as a Python dictionary padded with blanks, and the elements. Source: the
/// documentation of `numpy.lib.format`.
struct NPYHeader {
  let elementType: ElementType
  /// Whether the elements' bytes come the greatest first.
  let isBigEndian: Bool
  /// Whether the first dimension runs fastest.
  let isFortranOrder: Bool
  let shape: [Int]
  /// The bytes of all elements; nil where an `Int` does not hold so many.
  let byteCount: Int?

  static let magic = [0x93] + Array("NUMPY".utf8)

  /// The most bytes of a header that are read: the type and extents of numbers take far fewer.
  static let largestByteCount = 1 << 20

  /// Reads the header at the beginning of a file, of which `next` gives so many bytes, or fewer where it ends.
  ///
  /// - Throws: ``DataError`` for bytes that are no NPY file, and for elements that are no numbers.
  init(path: String, _ next: (_ count: Int) throws(DataError) -> [UInt8]) throws(DataError) {
    let start = try next(10)
    guard start.count == 10, start.starts(with: Self.magic) else {
      throw DataError(
        .malformed, path: path, "this is no NPY file: it does not begin with \\x93NUMPY",
        hint: "give a file of numpy.save")
    }
    guard (1...3).contains(start[6]), start[7] == 0 else {
      throw DataError(
        .malformed, path: path, "the version \(start[6]).\(start[7]) of the NPY format is unknown",
        hint: "save it with version 1.0, 2.0 or 3.0")
    }
    var lengthBytes = Array(start[8...])
    if start[6] > 1 { lengthBytes += try next(2) }
    guard lengthBytes.count == (start[6] == 1 ? 2 : 4) else { throw Self.cutShort(path) }
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.largestByteCount else {
      throw DataError(
        .malformed, path: path, "the NPY header is to have \(length) bytes, more than any of numbers has",
        hint: "the file is damaged; save the array again")
    }
    let text = try next(length)
    guard text.count == length else { throw Self.cutShort(path) }
    var fields = NPYFields()
    var scanner = PythonLiteralScanner(text, path: path)
    try scanner.dictionary { (scanner, key) throws(DataError) in
      switch key {
      case "descr": fields.type = try scanner.elementDescription()
      case "fortran_order": fields.isFortranOrder = try scanner.truthValue()
      case "shape": fields.shape = try scanner.counts(atMost: ElementType.largestRank)
      default: throw scanner.failure("the key '\(key)' is unknown")
      }
    }
    guard let type = fields.type, let isFortranOrder = fields.isFortranOrder, let shape = fields.shape else {
      throw DataError(
        .malformed, path: path, "the NPY header lacks 'descr', 'fortran_order' or 'shape'", hint: "save the array again"
      )
    }
    (elementType, isBigEndian) = try Self.elementType(type, path: path)
    self.isFortranOrder = isFortranOrder
    self.shape = shape
    byteCount = elementType.byteCount(ofShape: shape)
  }

  /// The error where something else follows the header than it announces.
  func doesNotFit(_ found: String, path: String) -> DataError {
    DataError(
      .malformed, path: path, "the NPY header announces the shape \(shape) of \(elementType), but \(found)",
      hint: "the file is damaged; save the array again")
  }

  private struct NPYFields {
    var type: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
  }

  /// The element type that NumPy writes as, for example, `<f4`.
  private static func elementType(
    _ description: String, path: String
  ) throws(DataError) -> (type: ElementType, isBigEndian: Bool) {
    let type = ElementType.allCases.first { $0.numPyName.map { description.dropFirst() == $0 } ?? false }
    guard let order = description.first, "<>|=".contains(order), let type else {
      let names = ElementType.allCases.compactMap(\.numPyName).joined(separator: ", ")
      throw DataError(
        .malformed, path: path, "the elements have NumPy's type '\(description)'",
        hint: "convert them with astype to one of \(names)")
    }
    return (type, order == ">")
  }

  private static func cutShort(_ path: String) -> DataError {
    DataError(
      .malformed, path: path, "the file ends within its NPY header", hint: "the file is damaged; save the array again")
  }
}

extension NPYHeader {
  /// The bytes of a file up to its elements, which begin at a multiple of 64.
  ///
  /// - Throws: ``DataError`` for elements that NumPy does not have.
  static func bytes(of elementType: ElementType, shape: [Int]) throws(DataError) -> [UInt8] {
    guard let name = elementType.numPyName else {
      throw DataError(
        .invalidArgument, "NumPy has no elements of \(elementType)", hint: "convert the array to float32 first")
    }
    let order = elementType.byteCount == 1 ? "|" : "<"
    // Python writes a tuple of one with a comma.
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(order)\(name)', 'fortran_order': False, 'shape': (\(extents)), }"
    let unpadded = magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    // 64 extents of 20 digits are far below the 65535 bytes of version 1.
    let length = UInt16(text.utf8.count)
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}

extension ElementType {
  /// NumPy's name of the type without its byte order; nil where it has none.
  var numPyName: String? {
    switch self {
    case .float64: "f8"
    case .float32: "f4"
    case .float16: "f2"
    case .bfloat16: nil
    case .int64: "i8"
    case .int32: "i4"
    case .int16: "i2"
    case .int8: "i1"
    case .uint64: "u8"
    case .uint32: "u4"
    case .uint16: "u2"
    case .uint8: "u1"
    case .bool: "b1"
    }
  }
}
