import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("Gzip files")
struct GzipTests {
  /// The text below as GNU gzip packs it.
  ///
  /// Made by `printf 'the quick brown fox\n%.0s' 1 2 3 | gzip -9n`.
  private static let compressed: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2B, 0xC9, 0x48, 0x55, 0x28, 0x2C,
    0xCD, 0x4C, 0xCE, 0x56, 0x48, 0x2A, 0xCA, 0x2F, 0xCF, 0x53, 0x48, 0xCB, 0xAF, 0xE0, 0x2A, 0x21,
    0x52, 0x0C, 0x00, 0x69, 0x50, 0x80, 0x3F, 0x3C, 0x00, 0x00, 0x00,
  ]
  private static let text = String(repeating: "the quick brown fox\n", count: 3)

  private let folder = TemporaryFolder()

  private func read(_ bytes: [UInt8], _ name: String = "data.gz") throws(DataError) -> [UInt8] {
    try ByteSource(path: folder.write(bytes, to: name)).read(upTo: Int.max)
  }

  @Test("Data that gzip compressed come out as they were, whatever the file is called", arguments: ["a.gz", "a.csv"])
  func decompresses(name: String) throws {
    #expect(String(decoding: try read(Self.compressed, name), as: UTF8.self) == Self.text)
  }

  @Test("Sizes around the buffers' survive", arguments: [0, 1, 65_535, 65_536, 262_144, 1_048_576, 1_048_577])
  func sizes(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    #expect(try read(FileFormats.gzip(bytes)) == bytes)
    #expect(try read(bytes, "plain") == bytes)
  }

  @Test("Several members are read as one")
  func members() throws {
    let joined = try read(FileFormats.gzip([1, 2]) + FileFormats.gzip([]) + FileFormats.gzip([3]))
    #expect(joined == [1, 2, 3])
  }

  @Test("A file cut short anywhere is truncated", arguments: [11, 20, -1, -8])
  func truncated(end: Int) throws {
    let cut = Array(Self.compressed.prefix(end < 0 ? Self.compressed.count + end : end))
    let error = try #require(thrownError { () throws(DataError) in try read(cut) })
    #expect(
      error.description == "\(folder.path)/data.gz: the gzip data is truncated: it ends after \(cut.count) bytes in "
        + "midstream; download the file again, and check it with gzip -t")
  }

  @Test("A flipped bit is found", arguments: [15, 30, -5, -1])
  func corrupt(position: Int) throws {
    var damaged = Self.compressed
    damaged[position < 0 ? damaged.count + position : position] ^= 0x10
    let error = try #require(thrownError { () throws(DataError) in try read(damaged) })
    #expect(error.kind == .malformed)
    #expect(error.description.contains("data.gz: the gzip data is"))
    #expect(error.description.contains("gzip -t"))
  }

  @Test("Trailing garbage is refused")
  func garbage() throws {
    let error = try #require(thrownError { () throws(DataError) in try read(Self.compressed + [0, 0]) })
    #expect(
      error.description == "\(folder.path)/data.gz: something that is not gzip data follows the gzip data; "
        + "download the file again, and check it with gzip -t")
  }

  @Test("A .gz file that is none is named as such")
  func notGzip() throws {
    let error = try #require(thrownError { () throws(DataError) in try read(Array("<html>".utf8)) })
    #expect(
      error.description == "\(folder.path)/data.gz: the name ends in .gz, but this is not a gzip file (6 bytes); "
        + "download the file again, or take .gz off its name if it is not compressed")
  }

  @Test("A path that cannot be read is told with the system's reason")
  func unreadable() throws {
    let missing = try #require(thrownError { () throws(DataError) in try ByteSource(path: "\(folder.path)/none") })
    #expect(
      missing.description
        == "\(folder.path)/none: cannot be read (No such file or directory); check the spelling of the path")
    let directory = try #require(thrownError { () throws(DataError) in try ByteSource(path: folder.path) })
    #expect(directory.description == "\(folder.path): this is a folder, not a file; give the path of a file")
  }
}
