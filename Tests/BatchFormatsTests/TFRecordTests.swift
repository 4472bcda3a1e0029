import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite struct TFRecordTests {
  /// RFC 3720, appendix B.4, and the check value of the catalogues of CRC algorithms.
  static let knownChecks: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0..<32), 0x46DD_794E), (Array((0..<32).reversed()), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test(arguments: knownChecks)
  func checksAsTheStandardDoes(_ bytes: [UInt8], _ expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
    #expect(FileFormats.crc32c(bytes) == expected)
  }

  @Test func recordsComeBack() throws {
    let folder = TemporaryFolder()
    let records: [[UInt8]] = [[], [1], Array(0...255), [UInt8](repeating: 9, count: 70_000)]
    var file = try TFRecordFile(creating: "\(folder.path)/records")
    for (index, record) in records.enumerated() {
      try file.append(record)
      // On the disk's side at once, without an end of any sort.
      #expect(FileFormats.tfRecords(folder.read("records") ?? []) == Array(records[...index]))
    }
  }

  @Test func neverReplacesAFile() {
    let folder = TemporaryFolder()
    let path = folder.write("kept", to: "records")
    #expect(
      thrownError { () throws(FileError) in _ = try TFRecordFile(creating: path) }
        == .system(path: path, action: "make", reason: "File exists"))
    #expect(folder.read("records") == Array("kept".utf8))
  }

  /// What a write that failed has left is taken away, and the next one follows what was whole.
  @Test func cutsOffWhatIsNotWhole() throws {
    let folder = TemporaryFolder()
    var file = try AppendingFile(creating: "\(folder.path)/file")
    try file.append([1, 2, 3, 4])
    file.cut(to: 2)
    try file.append([5])
    #expect(folder.read("file") == [1, 2, 5])
  }
}
