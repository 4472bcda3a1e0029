import BatchAlgebra
import BatchTestSupport
import CZlib
import Testing

@testable import BatchData

@Suite struct IDXTests {
  /// A folder of four small files in MNIST's form; `change` spoils one of them.
  private func folder(_ change: (String, [UInt8]) -> [UInt8] = { $1 }) -> TemporaryFolder {
    let folder = TemporaryFolder()
    for (part, count) in [("train", 12), ("t10k", 6)] {
      let images = head([count, 2, 3]) + (0..<count * 6).map { UInt8($0 % 256) }
      let labels = head([count]) + (0..<count).map { UInt8($0 % 10) }
      _ = folder.write(change("\(part)-images", images), as: "\(part)-images-idx3-ubyte")
      _ = folder.write(change("\(part)-labels", labels), as: "\(part)-labels-idx1-ubyte")
    }
    return folder
  }

  private func head(_ shape: [Int]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap { withUnsafeBytes(of: UInt32($0).bigEndian) { Array($0) } }
  }

  private func load(_ folder: TemporaryFolder) throws -> DataSplits {
    try DataSource.fashionMNIST(directory: folder.path).load(
      validation: 2, seed: 1, standardisation: Standardisation.Scope.none)
  }

  @Test func readsFilesAsTheyAre() throws {
    let folder = folder()
    let splits = try load(folder)
    #expect(splits.train.count == 10 && splits.validation.count == 2 && splits.test.count == 6)
    #expect(splits.test.exampleShape == [2, 3])
    #expect(splits.test.features.elements == (0..<36).map { Float($0) / 255 })
    guard case .classes(let labels, let names) = splits.test.targets else {
      Issue.record("the labels are no classes")
      return
    }
    #expect(labels == [0, 1, 2, 3, 4, 5] && names.count == 10)
  }

  @Test func readsCompressedFiles() throws {
    let plain = folder()
    let packed = TemporaryFolder()
    for name in [
      "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
    ] {
      _ = packed.write(gzip(try #require(plain.read(name))), as: name + ".gz")
    }
    #expect(try load(packed).test.features == load(plain).test.features)
  }

  static let spoilt: [(String, @Sendable ([UInt8]) -> [UInt8], String)] = [
    ("train-images", { [9] + $0.dropFirst() }, "it does not begin as an IDX file does (two zero bytes)"),
    ("train-images", { [0, 0, 13] + $0.dropFirst(3) }, "its elements have type 13; only unsigned bytes (8) are read"),
    ("train-images", { [0, 0, 8, 1] + $0.dropFirst(4) }, "it has 1 dimensions where 3 are expected"),
    (
      "train-images", { Array($0.dropLast(5)) }, "its head announces 72 elements (12×2×3) and 67 follow; fetch it again"
    ),
    ("train-images", { Array($0[..<7]) }, "7 bytes are too few for the head of an IDX file"),
    (
      "train-images", { $0[..<4] + [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255] + $0[16...] },
      "its dimensions [4294967295, 4294967295, 4294967295] are beyond any file"
    ),
    (
      "train-labels", { [0, 0, 8, 1, 0, 0, 0, 11] + $0[8..<19] },
      "it has 11 labels and FOLDER/train-images-idx3-ubyte 12 images; fetch both again"
    ),
    ("t10k-labels", { $0[..<13] + [10] }, "the label of example 5 is 10, outside 0 … 9"),
  ]

  @Test(arguments: spoilt.indices)
  func saysWhatIsWrongWithAFile(_ index: Int) {
    let (file, spoil, reason) = Self.spoilt[index]
    let folder = folder { $0 == file ? spoil($1) : $1 }
    let error = #expect(throws: DataError.self) { try load(folder) }
    let name = "\(file)-idx\(file.hasSuffix("images") ? 3 : 1)-ubyte"
    let expected = reason.replacing("FOLDER", with: folder.path)
    #expect(error == .malformed(path: "\(folder.path)/\(name)", reason: expected))
  }

  @Test func aMissingFileNamesThePackage() {
    let folder = TemporaryFolder()
    let error = #expect(throws: DataError.self) { try load(folder) }
    #expect(error?.description.contains("apt-get install dataset-fashion-mnist") == true)
    #expect(error?.description.contains("\(folder.path)/train-images-idx3-ubyte[.gz]") == true)
  }

  static let spoiltArchives: [(@Sendable ([UInt8]) -> [UInt8], String)] = [
    ({ Array($0.dropLast(9)) }, "the compressed file is cut short; fetch it again"),
    ({ Array($0[..<3]) }, "the compressed file is cut short; fetch it again"),
    ({ $0 + [1, 2, 3] }, "3 bytes follow the end of the compressed data"),
    (
      { bytes in bytes.enumerated().map { $0 > 20 && $0 < 40 ? $1 ^ 0x55 : $1 } },
      "the compressed file is damaged"
    ),
  ]

  @Test(arguments: spoiltArchives.indices)
  func saysWhatIsWrongWithAnArchive(_ index: Int) {
    let (spoil, start) = Self.spoiltArchives[index]
    // Bytes without a pattern, so that the archive is long enough to be spoilt in the middle.
    let content = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 7) }
    let error = #expect(throws: DataError.self) { try Gzip.decompress(spoil(gzip(content)), path: "x.gz") }
    #expect(error?.description.hasPrefix("x.gz: \(start)") == true, "\(String(describing: error))")
  }

  @Test func archivesGiveBackTheirContent() throws {
    for count in [0, 1, 300_000] {
      let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
      #expect(try Gzip.decompress(gzip(content), path: "x.gz") == content)
    }
  }

  /// Compresses as gzip(1) does.
  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1000)
    let written = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        deflate(&stream, Z_FINISH)
        return target.count - Int(stream.avail_out)
      }
    }
    return Array(output[..<written])
  }
}
