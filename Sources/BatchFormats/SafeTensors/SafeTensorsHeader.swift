import BatchFoundation

/// The header of a safetensors file: which tensors lie where in the data behind it.
///
/// A file is the header's length as a little-endian number of 64 bits, the header as JSON, and the data. The header
/// maps names to `{"dtype": …, "shape": […], "data_offsets": [begin, end]}`, the offsets counted from the end of the
/// header, and `__metadata__` to texts. Source: the format's description in the repository of Hugging Face's
/// `safetensors`.
struct SafeTensorsHeader {
  /// A tensor, and where its first byte lies behind the header.
  struct Entry {
    let tensor: TensorDescription
    let offset: Int
  }

  let entries: [Entry]
  let metadata: [String: String]

  /// The most bytes of a header, as the reference implementation has it.
  static let largestByteCount = 100_000_000

  static let metadataKey = "__metadata__"

  /// Reads a header and checks it against the length of the data behind it.
  ///
  /// The tensors fill the data without holes and overlaps, and each has as many bytes as its shape needs.
  ///
  /// - Throws: ``DataError`` that names the tensor, or the byte of the header, and what is wrong.
  init(parsing text: [UInt8], dataByteCount: Int, path: String) throws(DataError) {
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    var scanner = JSONScanner(text) { problem, offset in
      DataError(
        .malformed, path: path, "byte \(offset) of the safetensors header is wrong: \(problem)",
        hint: "the file is damaged or no safetensors file; write or download it again")
    }
    try scanner.object { (scanner, name) throws(DataError) in
      if name == Self.metadataKey {
        try scanner.object { (scanner, key) throws(DataError) in metadata[key] = try scanner.string() }
      } else {
        entries.append(try Self.entry(name, &scanner, path: path))
      }
    }
    try scanner.end()
    entries.sort { ($0.offset, $0.tensor.byteCount) < ($1.offset, $1.tensor.byteCount) }
    var end = 0
    for entry in entries {
      guard entry.offset == end else {
        let problem = entry.offset < end ? "overlaps with the one before it" : "leaves a hole before it"
        throw Self.malformed(path, entry.tensor.name, "begins at byte \(entry.offset) of the data and \(problem)")
      }
      end = entry.offset + entry.tensor.byteCount
      guard end <= dataByteCount else {
        throw Self.malformed(path, entry.tensor.name, "ends at byte \(end) of the data, which has \(dataByteCount)")
      }
    }
    guard end == dataByteCount else {
      throw DataError(
        .malformed, path: path, "the tensors take \(end) bytes of data, but \(dataByteCount) follow the header",
        hint: "the file is damaged; write or download it again")
    }
    self.entries = entries
    self.metadata = metadata
  }

  private static func entry(
    _ name: String, _ scanner: inout JSONScanner<DataError>, path: String
  ) throws(DataError) -> Entry {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int] = []
    try scanner.object { (scanner, key) throws(DataError) in
      switch key {
      case "dtype": typeName = try scanner.string()
      case "shape": shape = try scanner.counts(atMost: ElementType.largestRank)
      case "data_offsets": offsets = try scanner.counts(atMost: 2)
      default: throw scanner.failure("the tensor '\(name)' has the unknown key '\(key)'")
      }
    }
    guard let typeName, let shape, offsets.count == 2 else {
      throw malformed(path, name, "has no dtype, no shape or no two data_offsets")
    }
    guard let elementType = ElementType.allCases.first(where: { $0.safeTensorsName == typeName }) else {
      throw malformed(
        path, name, "has elements of the type '\(typeName)'",
        hint: "convert it to one of \(ElementType.allCases.map(\.safeTensorsName).joined(separator: ", "))")
    }
    guard let byteCount = elementType.byteCount(ofShape: shape), offsets[0] <= offsets[1],
      byteCount == offsets[1] - offsets[0]
    else {
      throw malformed(
        path, name, "of shape \(shape) and type \(typeName) does not fill its bytes \(offsets[0])..<\(offsets[1])")
    }
    return Entry(
      tensor: TensorDescription(name: name, elementType: elementType, shape: shape, byteCount: byteCount),
      offset: offsets[0])
  }

  private static func malformed(
    _ path: String, _ name: String, _ problem: String, hint: String = "the file is damaged; write or download it again"
  ) -> DataError {
    DataError(.malformed, path: path, "the tensor '\(name)' \(problem)", hint: hint)
  }
}

extension SafeTensorsHeader {
  /// The bytes of a file up to its data: the header's length, and the header, padded with blanks to a multiple of 8.
  ///
  /// The metadata stand first, and among them `firstMetadata`, so that its offset is known.
  static func bytes(
    of tensors: [TensorDescription], firstMetadata: (key: String, value: String), metadata: [String: String]
  ) -> [UInt8] {
    let texts = [(firstMetadata.key, firstMetadata.value)] + metadata.sorted { $0.key < $1.key }
    var text = "{\(JSONText.quoted(metadataKey)):{"
    text += texts.map { "\(JSONText.quoted($0)):\(JSONText.quoted($1))" }.joined(separator: ",") + "}"
    var offset = 0
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.byteCount
      text += ",\(JSONText.quoted(tensor.name)):{\"dtype\":\"\(tensor.elementType.safeTensorsName)\","
      text += "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    text += "}"
    text += String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
    precondition(text.utf8.count <= largestByteCount, "the header would have \(text.utf8.count) bytes")
    return withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Array($0) } + Array(text.utf8)
  }
}
