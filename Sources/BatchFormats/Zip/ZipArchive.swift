import CZlib

/// An open ZIP archive: the list of its entries, read and checked, and their contents, read when they are asked for.
///
/// Read are entries that are stored or deflated, with 64-bit sizes where the archive has them. Source: PKWARE's
/// *APPNOTE.TXT*, version 6.3.
struct ZipArchive {
  /// The names of the entries, in the order of the archive's directory.
  let names: [String]

  private let file: DataFile
  private let entries: [String: ZipDirectory.Entry]

  /// Opens an archive and reads its directory.
  ///
  /// - Throws: ``DataError`` when the file cannot be read, is no ZIP archive, or is damaged.
  init(path: String) throws(DataError) {
    file = try DataFile(path: path)
    let list = try ZipDirectory.entries(of: file)
    names = list.map(\.name)
    var entries: [String: ZipDirectory.Entry] = [:]
    for entry in list where entries.updateValue(entry, forKey: entry.name) != nil {
      throw DataError(
        .malformed, path: path, "the archive has two entries '\(entry.name)'", hint: "write it anew with each name once"
      )
    }
    self.entries = entries
  }

  /// The content of an entry, decompressed and compared with its checksum.
  ///
  /// - Throws: ``DataError`` when there is no such entry, or when it is damaged.
  func content(of name: String) throws(DataError) -> [UInt8] {
    guard let entry = entries[name] else {
      throw DataError(
        .unknownName, path: file.path, "the archive has no entry '\(name)'",
        hint: "it has \(names.joined(separator: ", "))")
    }
    let stored = try file.read(at: try ZipDirectory.contentOffset(of: entry, in: file), count: entry.storedByteCount)
    var content = stored
    if entry.isDeflated {
      do {
        content = try Deflate.inflated(stored, to: entry.byteCount)
      } catch {
        throw damaged(entry, "does not decompress: \(error.reason)")
      }
    }
    let checksum = UInt32(content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
    guard checksum == entry.checksum else { throw damaged(entry, "has a wrong checksum") }
    return content
  }

  private func damaged(_ entry: ZipDirectory.Entry, _ problem: String) -> DataError {
    DataError(
      .malformed, path: file.path, "the entry '\(entry.name)' of the archive \(problem)",
      hint: "the file is damaged; write or download it again")
  }
}
