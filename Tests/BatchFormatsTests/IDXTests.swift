import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("IDX files")
struct IDXTests {
  private let folder = TemporaryFolder()

  private func message(_ bytes: [UInt8], _ name: String = "images-idx3-ubyte") throws -> String {
    let path = folder.write(bytes, to: name)
    let error = try #require(thrownError { () throws(DataError) in try IDXArray(path: path) })
    #expect(error.path == path)
    return error.description.replacing(folder.path + "/", with: "")
  }

  @Test("Shape and bytes come back, plain and compressed", arguments: [[5], [2, 3], [2, 3, 4], [1, 2, 1, 2]])
  func reads(shape: [Int]) throws {
    let bytes = (0..<shape.reduce(1, *)).map { UInt8($0 * 7) }
    let file = FileFormats.idx(shape: shape, bytes)
    for (name, content) in [("plain", file), ("packed.gz", FileFormats.gzip(file))] {
      let array = try IDXArray(path: folder.write(content, to: name))
      #expect(array.shape == shape)
      #expect(array.bytes == bytes)
      #expect(array.itemShape == Array(shape.dropFirst()))
    }
  }

  @Test("A wrong magic is shown")
  func wrongMagic() throws {
    #expect(
      try message(Array("PK\u{3}\u{4}....".utf8))
        == "images-idx3-ubyte: this is not an IDX file: it begins with 50 4B 03 04 where 00 00 08 and the number of "
        + "dimensions belong; give an IDX file such as train-images-idx3-ubyte.gz")
    #expect(try message([]).contains("it begins with nothing where"))
  }

  @Test("Elements that are no bytes are refused")
  func elementType() throws {
    #expect(
      try message(FileFormats.idx(shape: [1], [0, 0, 0, 0], type: 0x0D))
        == "images-idx3-ubyte: the IDX file holds elements of type 0x0D, not unsigned bytes; "
        + "convert it to unsigned bytes (type 0x08)")
  }

  @Test("A file shorter than its header says is truncated")
  func short() throws {
    let bytes = Array(FileFormats.idx(shape: [2, 3], [1, 2, 3, 4, 5, 6]).dropLast())
    #expect(
      try message(bytes)
        == "images-idx3-ubyte: the header promises 2 × 3 bytes, but the file can hold no more than 5; "
        + "the file is truncated or its header is wrong; download it again")
    #expect(
      try message(FileFormats.gzip(bytes), "images.gz")
        == "images.gz: the header promises 2 × 3 bytes, but only 5 follow; the file is truncated; download it again")
    #expect(try message(Array(bytes.prefix(6))).contains("the file ends within its header of 2 dimensions"))
  }

  @Test("A file longer than its header says is damaged")
  func long() throws {
    #expect(
      try message(FileFormats.idx(shape: [2], [1, 2, 3]))
        == "images-idx3-ubyte: more data follows the 2 bytes that the header promises; "
        + "the file is damaged; download it again")
  }

  @Test("A forged size is refused before memory is asked for", arguments: [false, true])
  func forged(isCompressed: Bool) throws {
    let huge = FileFormats.idx(shape: [0xFFFF_FFFF, 28, 28], [1])
    let overflowing = FileFormats.idx(shape: [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1])
    for file in [huge, overflowing] {
      let text = try message(isCompressed ? FileFormats.gzip(file) : file, isCompressed ? "a.gz" : "a")
      #expect(text.contains("the header promises 4294967295 ×"))
      #expect(text.contains("but the file can hold no more than"))
    }
  }

  @Test("A dimension of nothing is refused")
  func emptyDimension() throws {
    #expect(
      try message(FileFormats.idx(shape: [0, 28, 28], [])).contains("promises 0 × 28 × 28 bytes, which is nothing"))
  }
}
