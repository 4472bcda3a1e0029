/// The bytes of a file, decompressed where it is a gzip file; which it is, its first bytes tell, not its name.
package enum ByteSource {
  case plain(DataFile)
  case gzip(GzipStream, largestByteCount: Int)

  /// Deflate cannot shrink data by more than 1032 : 1 (zlib's technical details), which bounds what a file can hold.
  static let largestCompressionRatio = 1032

  /// Opens a file.
  ///
  /// - Throws: ``DataError`` when it cannot be read, or is named `.gz` and is not a gzip file.
  package init(path: String) throws(DataError) {
    var magic: (UInt8, UInt8) = (0, 0)
    let sniffed = try DataFile(path: path)
    var count = 0
    while count < 2 {
      let got = try Self.bytes(of: &magic, from: count) { (memory) throws(DataError) in
        try sniffed.read(into: memory)
      }
      if got == 0 { break }
      count += got
    }
    let isGzip = count == 2 && magic == (0x1F, 0x8B)
    guard isGzip || !path.hasSuffix(".gz") else {
      throw DataError(
        .malformed, path: path, "the name ends in .gz, but this is not a gzip file (\(sniffed.byteCount) bytes)",
        hint: "download the file again, or take .gz off its name if it is not compressed")
    }
    let file = try DataFile(path: path)
    if isGzip {
      let (bound, overflow) = file.byteCount.multipliedReportingOverflow(by: Self.largestCompressionRatio)
      self = .gzip(try GzipStream(file), largestByteCount: overflow ? Int.max : bound)
    } else {
      self = .plain(file)
    }
  }

  /// The most bytes that can come out: exact for a plain file.
  var largestByteCount: Int {
    switch self {
    case .plain(let file): file.byteCount
    case .gzip(_, let bound): bound
    }
  }

  /// Reads at most as many bytes as fit; 0 at the end.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    switch self {
    case .plain(let file): try file.read(into: memory)
    case .gzip(let stream, _): try stream.read(into: memory)
    }
  }

  /// Reads on until there are `limit` bytes or the data ends.
  ///
  /// Memory grows with what really comes, so that a forged header cannot ask for more than the file holds.
  package func read(upTo limit: Int) throws(DataError) -> [UInt8] {
    var bytes: [UInt8] = []
    let chunkSize = 1 << 20
    if case .plain(let file) = self { bytes.reserveCapacity(min(limit, file.byteCount)) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 64)
    defer { chunk.deallocate() }
    while bytes.count < limit {
      let wanted = min(chunkSize, limit - bytes.count)
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted]))
      if count == 0 { break }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
    return bytes
  }

  private static func bytes(
    of magic: inout (UInt8, UInt8), from offset: Int,
    _ body: (UnsafeMutableRawBufferPointer) throws(DataError) -> Int
  ) throws(DataError) -> Int {
    try withUnsafeMutableBytes(of: &magic) { (memory) throws(DataError) -> Int in
      try body(UnsafeMutableRawBufferPointer(rebasing: memory[offset...]))
    }
  }
}
