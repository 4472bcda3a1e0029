/// The directory at the end of a ZIP archive, which says where each entry lies.
///
/// Nothing of it is believed: every offset and length is checked against the file's size before it is used.
enum ZipDirectory {
  /// What the directory says of an entry.
  struct Entry {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    /// The bytes that the entry takes in the archive.
    let storedByteCount: Int
    /// The bytes of its content.
    let byteCount: Int
    /// Where the header before its content begins.
    let offset: Int
  }

  private struct Location {
    var offset: Int
    var byteCount: Int
    var entryCount: Int
  }

  private static let endSize = 22
  private static let largestComment = 0xFFFF
  private static let directoryEntrySize = 46
  private static let localHeaderSize = 30

  /// Reads the directory.
  ///
  /// - Throws: ``DataError`` for a file that is no ZIP archive, cut short, or has entries that cannot be read.
  static func entries(of file: DataFile) throws(DataError) -> [Entry] {
    let location = try location(in: file)
    guard location.byteCount <= file.byteCount, location.offset <= file.byteCount - location.byteCount,
      location.entryCount <= location.byteCount / directoryEntrySize
    else { throw malformed(file, "its directory of \(location.entryCount) entries lies outside the file") }
    var fields = ZipFields(try file.read(at: location.offset, count: location.byteCount))
    var entries: [Entry] = []
    for _ in 0..<location.entryCount {
      guard let entry = try entry(from: &fields, in: file) else { throw malformed(file, "its directory is damaged") }
      entries.append(entry)
    }
    return entries
  }

  /// Where the content of an entry begins: behind a header of its own, whose length only that header tells.
  static func contentOffset(of entry: Entry, in file: DataFile) throws(DataError) -> Int {
    var fields = ZipFields([])
    if entry.offset <= file.byteCount - localHeaderSize {
      fields = ZipFields(try file.read(at: entry.offset, count: localHeaderSize))
    }
    guard fields.number(4) == 0x0403_4B50, fields.skip(22), let nameSize = fields.number(2),
      let extraSize = fields.number(2)
    else { throw malformed(file, "the entry '\(entry.name)' is not where its directory says") }
    let start = entry.offset + localHeaderSize + nameSize + extraSize
    guard start <= file.byteCount, entry.storedByteCount <= file.byteCount - start else {
      throw malformed(file, "the entry '\(entry.name)' continues behind the end of the file")
    }
    return start
  }

  private static func entry(from fields: inout ZipFields, in file: DataFile) throws(DataError) -> Entry? {
    guard fields.number(4) == 0x0201_4B50, fields.skip(4), let flags = fields.number(2),
      let method = fields.number(2), fields.skip(4), let checksum = fields.number(4),
      var stored = fields.number(4), var size = fields.number(4), let nameSize = fields.number(2),
      let extraSize = fields.number(2), let commentSize = fields.number(2), fields.skip(8),
      var offset = fields.number(4), let nameBytes = fields.bytes(nameSize), let extra = fields.bytes(extraSize),
      fields.skip(commentSize)
    else { return nil }
    let name = String(decoding: nameBytes, as: UTF8.self)
    guard flags & 1 == 0 else { throw malformed(file, "the entry '\(name)' is encrypted") }
    guard method == 0 || method == 8 else {
      throw malformed(file, "the entry '\(name)' is compressed by the method \(method), not stored or deflated")
    }
    if [stored, size, offset].contains(0xFFFF_FFFF) {
      guard var wide = ZipFields(extra).wideNumbers() else { return nil }
      // In this order, and only those that are missing above.
      if size == 0xFFFF_FFFF { size = wide.number(8) ?? -1 }
      if stored == 0xFFFF_FFFF { stored = wide.number(8) ?? -1 }
      if offset == 0xFFFF_FFFF { offset = wide.number(8) ?? -1 }
    }
    guard offset >= 0, stored >= 0, size >= 0, offset <= file.byteCount, stored <= file.byteCount - offset else {
      throw malformed(file, "the entry '\(name)' lies outside the file")
    }
    // What deflate cannot have shrunk so far is forged; stored bytes are as many as the content's.
    guard method == 8 ? size / ByteSource.largestCompressionRatio <= stored : size == stored else {
      throw malformed(file, "the entry '\(name)' promises \(size) bytes out of \(stored)")
    }
    return Entry(
      name: name, isDeflated: method == 8, checksum: UInt32(truncatingIfNeeded: checksum), storedByteCount: stored,
      byteCount: size, offset: offset)
  }

  /// Where the directory lies: as the record at the end of the file says, or the wider one before it.
  private static func location(in file: DataFile) throws(DataError) -> Location {
    let tailSize = min(file.byteCount, endSize + largestComment)
    let tailStart = file.byteCount - tailSize
    let tail = try file.read(at: tailStart, count: tailSize)
    let end = stride(from: tailSize - endSize, through: 0, by: -1).first { start in
      var fields = ZipFields(Array(tail[start..<start + endSize]))
      // The comment behind the record reaches the end of the file.
      return fields.number(4) == 0x0605_4B50 && fields.skip(16) && fields.number(2) == tailSize - start - endSize
    }
    guard let end else {
      throw DataError(
        .malformed, path: file.path, "this is no ZIP archive, or it is cut short: it has no directory at its end",
        hint: "give a whole file of numpy.savez")
    }
    var fields = ZipFields(Array(tail[end..<end + endSize]))
    guard fields.skip(4), let disks = fields.number(4), fields.skip(2), let count = fields.number(2),
      let size = fields.number(4), let offset = fields.number(4)
    else { throw malformed(file, "its directory is damaged") }
    guard disks == 0 || disks == 0xFFFF_FFFF else { throw malformed(file, "it is one of several parts") }
    guard count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF else {
      return Location(offset: offset, byteCount: size, entryCount: count)
    }
    guard let location = try wideLocation(in: file, before: tailStart + end) else {
      throw malformed(file, "its directory with 64-bit sizes is missing or damaged")
    }
    return location
  }

  /// Where the directory lies in an archive with 64-bit sizes; nil where there is no record of it.
  private static func wideLocation(in file: DataFile, before end: Int) throws(DataError) -> Location? {
    guard end >= 20 else { return nil }
    var locator = ZipFields(try file.read(at: end - 20, count: 20))
    guard locator.number(4) == 0x0706_4B50, locator.skip(4), let recordOffset = locator.number(8),
      recordOffset <= end - 20 - 56
    else { return nil }
    var record = ZipFields(try file.read(at: recordOffset, count: 56))
    guard record.number(4) == 0x0606_4B50, record.skip(28), let count = record.number(8),
      let size = record.number(8), let offset = record.number(8)
    else { return nil }
    return Location(offset: offset, byteCount: size, entryCount: count)
  }

  private static func malformed(_ file: DataFile, _ problem: String) -> DataError {
    DataError(
      .malformed, path: file.path, "the ZIP archive cannot be used: \(problem)",
      hint: "write the file anew with numpy.savez or numpy.savez_compressed")
  }
}

/// The fields of a record of a ZIP archive, one after another.
struct ZipFields {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next little-endian number of that many bytes; nil where there are not so many, or where an `Int` is too small.
  mutating func number(_ byteCount: Int) -> Int? {
    guard let bytes = bytes(byteCount) else { return nil }
    return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// The next bytes; nil where there are not so many.
  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Passes over bytes; false where there are not so many.
  mutating func skip(_ count: Int) -> Bool { bytes(count) != nil }

  /// The extra field that holds 64-bit sizes (number 1), where there is one.
  consuming func wideNumbers() -> ZipFields? {
    while let id = number(2), let size = number(2), let content = bytes(size) {
      if id == 1 { return ZipFields(content) }
    }
    return nil
  }
}
