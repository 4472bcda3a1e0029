/// An array of unsigned bytes from an IDX file, the format of MNIST and its descendants, .gz or plain.
///
/// Layout: two zero bytes, the element type (0x08 for unsigned bytes), the number of dimensions, each dimension as a
/// big-endian 32-bit number, then the elements with the last dimension running fastest. Source: Y. LeCun, C. Cortes,
/// C. Burges, *The MNIST database of handwritten digits*.
public struct IDXArray: Sendable, Equatable {
  /// The dimensions, the number of items first.
  public let shape: [Int]
  /// The elements, with the last dimension running fastest.
  public let bytes: [UInt8]

  /// Reads a file.
  ///
  /// What the header promises is checked against the size of the file before memory is asked for.
  ///
  /// - Throws: ``DataError`` when the file cannot be read, is no IDX file of unsigned bytes, or is shorter or longer
  ///   than its header says.
  public init(path: String) throws(DataError) {
    let source = try ByteSource(path: path)
    shape = try Self.readHeader(source, path: path)
    let (count, overflow) = Self.product(shape)
    let headerSize = 4 + 4 * shape.count
    let available = source.largestByteCount - headerSize
    guard !overflow, count <= available else {
      throw DataError(
        .malformed, path: path,
        "the header promises \(Self.text(shape)) bytes, but the file can hold no more than \(max(available, 0))",
        hint: "the file is truncated or its header is wrong; download it again")
    }
    bytes = try source.read(upTo: count)
    guard bytes.count == count else {
      throw DataError(
        .malformed, path: path, "the header promises \(Self.text(shape)) bytes, but only \(bytes.count) follow",
        hint: "the file is truncated; download it again")
    }
    guard try source.read(upTo: 1).isEmpty else {
      throw DataError(
        .malformed, path: path, "more data follows the \(Self.text(shape)) bytes that the header promises",
        hint: "the file is damaged; download it again")
    }
  }

  /// The number of items.
  public var count: Int { shape[0] }

  /// The shape of one item; empty for labels.
  public var itemShape: [Int] { Array(shape.dropFirst()) }

  private static func readHeader(_ source: ByteSource, path: String) throws(DataError) -> [Int] {
    let magic = try source.read(upTo: 4)
    guard magic.count == 4, magic[0] == 0, magic[1] == 0, (0x08...0x0E).contains(magic[2]), magic[3] > 0 else {
      let found = magic.map { hexadecimal($0) }.joined(separator: " ")
      throw DataError(
        .malformed, path: path,
        "this is not an IDX file: it begins with \(found.isEmpty ? "nothing" : found) where 00 00 08 and the number of "
          + "dimensions belong", hint: "give an IDX file such as train-images-idx3-ubyte.gz")
    }
    guard magic[2] == 0x08 else {
      throw DataError(
        .malformed, path: path, "the IDX file holds elements of type 0x\(hexadecimal(magic[2])), not unsigned bytes",
        hint: "convert it to unsigned bytes (type 0x08)")
    }
    let dimensions = Int(magic[3])
    let header = try source.read(upTo: 4 * dimensions)
    guard header.count == 4 * dimensions else {
      throw DataError(
        .malformed, path: path, "the file ends within its header of \(dimensions) dimensions",
        hint: "the file is truncated; download it again")
    }
    let shape = (0..<dimensions).map { i in header[4 * i..<4 * i + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard !shape.contains(0) else {
      throw DataError(
        .malformed, path: path, "the header promises \(text(shape)) bytes, which is nothing",
        hint: "give a file with at least one item")
    }
    return shape
  }

  private static func product(_ shape: [Int]) -> (count: Int, overflow: Bool) {
    var count = 1
    for dimension in shape {
      let (next, overflow) = count.multipliedReportingOverflow(by: dimension)
      if overflow { return (0, true) }
      count = next
    }
    return (count, false)
  }

  private static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " × ") }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
  }
}
