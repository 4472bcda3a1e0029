import CZlib

/// Makes a ZIP archive in memory, entry by entry, without 64-bit sizes.
///
/// Entries bear the date 1 January 1980, the format's first: equal contents give equal archives.
struct ZipEncoder {
  private var archive: [UInt8] = []
  private var directory: [UInt8] = []
  private var names: Set<String> = []

  /// The largest size, offset and number of entries without 64-bit fields; one more says that such fields follow.
  private let largestSize: Int
  private static let largestCount = Int(UInt16.max) - 1

  private static let localHeaderSize = 30
  private static let directoryEntrySize = 46

  /// An archive without entries; a test makes do with fewer bytes.
  init(largestSize: Int = Int(UInt32.max) - 1) { self.largestSize = largestSize }

  /// Appends an entry.
  ///
  /// - Throws: ``DataError`` for a name that is there already, and where the archive would need 64-bit sizes.
  mutating func append(_ content: [UInt8], name: String, isDeflated: Bool) throws(DataError) {
    guard names.insert(name).inserted else {
      throw DataError(.invalidArgument, "two entries of an archive are named '\(name)'", hint: "give each its own name")
    }
    var stored = content
    if isDeflated {
      do {
        stored = try Deflate.deflated(content)
      } catch {
        throw DataError(.outOfMemory, "'\(name)' cannot be compressed: \(error.reason)", hint: "write it uncompressed")
      }
    }
    let nameBytes = Array(name.utf8)
    // The directory begins where the entries end.
    let archiveEnd = archive.count + Self.localHeaderSize + nameBytes.count + stored.count
    let directorySize = directory.count + Self.directoryEntrySize + nameBytes.count
    guard max(content.count, archiveEnd, directorySize) <= largestSize, names.count <= Self.largestCount,
      nameBytes.count <= Int(UInt16.max)
    else {
      throw DataError(
        .invalidArgument, "with '\(name)' the archive would have 4 GiB or more, 65535 entries or a name too long",
        hint: "write the arrays into several archives, or each as a .npy file")
    }
    let offset = archive.count
    let checksum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    // Version 2.0, UTF-8 names, the method, the date, and what is to come.
    var description = Self.number(20, 2) + Self.number(0x0800, 2) + Self.number(isDeflated ? 8 : 0, 2)
    description += Self.number(0, 2) + Self.number(1 << 5 | 1, 2)
    description += Self.number(Int(checksum), 4) + Self.number(stored.count, 4) + Self.number(content.count, 4)
    description += Self.number(nameBytes.count, 2) + Self.number(0, 2)
    archive += Self.number(0x0403_4B50, 4) + description + nameBytes + stored
    directory += Self.number(0x0201_4B50, 4) + Self.number(20, 2) + description
    // No comment, the first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 10) + Self.number(offset, 4) + nameBytes
  }

  /// The bytes of the archive: the entries, their directory, and the record that says where it is.
  consuming func finished() -> [UInt8] {
    let count = Self.number(names.count, 2)
    let end =
      Self.number(0x0605_4B50, 4) + Self.number(0, 4) + count + count + Self.number(directory.count, 4)
      + Self.number(archive.count, 4) + Self.number(0, 2)
    return archive + directory + end
  }

  private static func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
