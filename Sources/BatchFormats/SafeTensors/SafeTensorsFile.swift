/// An open safetensors file: its header, read and checked, and its tensors, read when they are asked for.
public struct SafeTensorsFile: Sendable {
  /// The file's path.
  public let path: String
  /// The tensors, in the order in which their bytes lie in the file.
  public let tensors: [TensorDescription]
  /// The texts of the header's `__metadata__`.
  public let metadata: [String: String]

  private let file: DataFile
  private let header: [UInt8]
  private let dataOffset: Int
  private let entries: [String: SafeTensorsHeader.Entry]

  /// Opens a file and reads its header.
  ///
  /// Nothing is believed of the header: its length is checked against the file's size before memory is asked for, and
  /// its tensors must fill the data exactly. The data are read when they are asked for.
  ///
  /// - Throws: ``DataError`` when the file cannot be read, is no safetensors file, is cut short, or contradicts itself.
  public init(path: String) throws(DataError) {
    let file = try DataFile(path: path)
    let header = try Self.readHeader(file)
    dataOffset = 8 + header.count
    let parsed = try SafeTensorsHeader(parsing: header, dataByteCount: file.byteCount - dataOffset, path: path)
    self.path = path
    self.file = file
    self.header = header
    tensors = parsed.entries.map(\.tensor)
    metadata = parsed.metadata
    // The scanner has refused names that occur twice.
    entries = Dictionary(parsed.entries.map { ($0.tensor.name, $0) }) { first, _ in first }
  }

  /// The tensor of that name; nil where there is none.
  public func tensor(named name: String) -> TensorDescription? { entries[name]?.tensor }

  /// The description of the tensor of that name.
  ///
  /// - Throws: ``DataError`` that names some that there are, where it is not among them.
  package func requireTensor(_ name: String) throws(DataError) -> TensorDescription { try entry(name).tensor }

  /// Fills the memory with a tensor's bytes, which are as many.
  ///
  /// - Throws: ``DataError`` when there is no such tensor, when it has another size, or when it cannot be read.
  public func readBytes(of name: String, into memory: UnsafeMutableRawBufferPointer) throws(DataError) {
    let entry = try entry(name)
    guard memory.count == entry.tensor.byteCount else {
      throw DataError(
        .inconsistent, path: path,
        "the tensor '\(name)' of shape \(entry.tensor.shape) has \(entry.tensor.byteCount) bytes, not \(memory.count)",
        hint: "use a file that was written for the same shapes")
    }
    try file.read(at: dataOffset + entry.offset, into: memory)
  }

  /// Fills the memory with a tensor's elements as they are, which have the memory's type and are as many.
  ///
  /// - Throws: ``DataError`` when there is no such tensor, when its elements are of another type or number, or when it
  ///   cannot be read.
  public func read<Element: ArrayElement>(
    _ name: String, into memory: UnsafeMutableBufferPointer<Element>
  ) throws(DataError) {
    let elementType = try entry(name).tensor.elementType
    guard elementType == Element.elementType else {
      throw DataError(
        .inconsistent, path: path, "the tensor '\(name)' has elements of \(elementType), not \(Element.elementType)",
        hint: "use a file that was written in the same precision")
    }
    try readBytes(of: name, into: UnsafeMutableRawBufferPointer(memory))
  }

  /// Fills the memory with a tensor's elements of any type, each as the nearest `Float` or `Double`.
  ///
  /// - Throws: ``DataError`` when there is no such tensor, when it has another number of elements, or when it cannot be
  ///   read.
  public func readConverting<Number: BinaryFloatingPoint & ArrayElement>(
    _ name: String, into memory: UnsafeMutableBufferPointer<Number>
  ) throws(DataError) {
    let entry = try entry(name)
    let elementType = entry.tensor.elementType
    guard memory.count == entry.tensor.count else {
      throw DataError(
        .inconsistent, path: path,
        "the tensor '\(name)' of shape \(entry.tensor.shape) has \(entry.tensor.count) elements, not \(memory.count)",
        hint: "use a file that was written for the same shapes")
    }
    // In parts, so that there is never a second copy of a large tensor.
    let part = 65_536
    let width = elementType.byteCount
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(part, memory.count) * width, alignment: 64)
    defer { buffer.deallocate() }
    for start in stride(from: 0, to: memory.count, by: part) {
      let numbers = UnsafeMutableBufferPointer(rebasing: memory[start..<min(start + part, memory.count)])
      let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(numbers.count * width)])
      try file.read(at: dataOffset + entry.offset + start * width, into: bytes)
      convertElements(UnsafeRawBufferPointer(bytes), of: elementType, into: numbers)
    }
  }

  /// A tensor as an array of its own.
  ///
  /// - Throws: ``DataError`` when there is no such tensor, or when it cannot be read.
  public func array(_ name: String) throws(DataError) -> StoredArray {
    let entry = try entry(name)
    let bytes = try file.read(at: dataOffset + entry.offset, count: entry.tensor.byteCount)
    return StoredArray(elementType: entry.tensor.elementType, shape: entry.tensor.shape, bytes: bytes)
  }

  /// Whether the header names a checksum of the file, as those of ``SafeTensorsWriter`` do.
  package var hasChecksum: Bool { metadata[SafeTensorsChecksum.metadataKey] != nil }

  /// Reads the whole file and compares it with the checksum that ``SafeTensorsWriter`` puts into its header.
  ///
  /// - Throws: ``DataError`` when the file has no such checksum, or was changed or damaged since it was written.
  public func verifyChecksum() throws(DataError) {
    guard let expected = metadata[SafeTensorsChecksum.metadataKey],
      expected.utf8.count == SafeTensorsChecksum.placeholder.utf8.count,
      SafeTensorsChecksum.isPresent(inHeader: header)
    else {
      throw DataError(
        .malformed, path: path, "the header does not begin with the checksum '\(SafeTensorsChecksum.metadataKey)'",
        hint: "use a file as this package wrote it")
    }
    var checksum = SafeTensorsChecksum()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    for start in stride(from: 0, to: file.byteCount, by: chunk.count) {
      let bytes = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, file.byteCount - start)])
      try file.read(at: start, into: bytes)
      if start == 0 {
        let digits = bytes[SafeTensorsChecksum.offset...].prefix(SafeTensorsChecksum.placeholder.utf8.count)
        UnsafeMutableRawBufferPointer(rebasing: digits).copyBytes(from: SafeTensorsChecksum.placeholder.utf8)
      }
      checksum.add(UnsafeRawBufferPointer(bytes))
    }
    guard checksum.digits == expected else {
      throw DataError(
        .malformed, path: path,
        "the content has the checksum \(checksum.digits), not \(expected) as when it was written",
        hint: "the file is damaged; use another one")
    }
  }

  private func entry(_ name: String) throws(DataError) -> SafeTensorsHeader.Entry {
    guard let entry = entries[name] else {
      let names = tensors.prefix(20).map(\.name).joined(separator: ", ")
      throw DataError(
        .unknownName, path: path, "there is no tensor '\(name)'",
        hint: tensors.isEmpty ? "the file has none" : "it has \(names)\(tensors.count > 20 ? ", …" : "")")
    }
    return entry
  }

  private static func readHeader(_ file: DataFile) throws(DataError) -> [UInt8] {
    guard file.byteCount >= 8 else {
      throw foreign(file, "it has \(file.byteCount) bytes, too few for the length of a header")
    }
    let length = try file.read(at: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= SafeTensorsHeader.largestByteCount else {
      throw foreign(file, "its first 8 bytes promise a header of \(length) bytes, more than any has")
    }
    guard length <= file.byteCount - 8 else {
      throw DataError(
        .malformed, path: file.path,
        "the header is to have \(length) bytes, but only \(file.byteCount - 8) follow",
        hint: "the file is cut short or no safetensors file; write or download it again")
    }
    let header = try file.read(at: 8, count: Int(length))
    guard header.first == UInt8(ascii: "{") else {
      throw foreign(file, "the header behind its first 8 bytes does not begin with '{'")
    }
    return header
  }

  private static func foreign(_ file: DataFile, _ problem: String) -> DataError {
    DataError(
      .malformed, path: file.path, "this is no safetensors file: \(problem)", hint: "give a safetensors file")
  }
}
