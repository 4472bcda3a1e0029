import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("NPZ files")
struct NPZTests {
  private let folder = TemporaryFolder()
  private let x = StoredArray(shape: [2, 3], [1, 2, 3, 4, 5, 6] as [Float])
  private let y = StoredArray(shape: [300], (0..<300).map { Int64($0 % 3) })

  private func open(_ bytes: [UInt8]) throws(DataError) -> NPZ { try NPZ(path: folder.write(bytes, to: "a.npz")) }

  @Test("Arrays come back, stored and deflated", arguments: [false, true])
  func roundTrip(isCompressed: Bool) throws {
    let empty = StoredArray(shape: [0, 2], [] as [Double])
    let bytes = try NPZ.encode([("x", x), ("y", y), ("\u{e9}/0", empty)], isCompressed: isCompressed)
    let file = try open(bytes)
    #expect(file.names == ["x", "y", "\u{e9}/0"])
    #expect(try file.array("x") == x)
    #expect(try file.array("y") == y)
    #expect(try file.array("\u{e9}/0") == empty)
    #expect(isCompressed ? bytes.count < y.bytes.count : bytes.count > y.bytes.count)
    #expect(try open(NPZ.encode([])).names.isEmpty)
  }

  @Test("Archives by the format's description are read, with 64-bit sizes too", arguments: [false, true])
  func foreign(isWide: Bool) throws {
    let file = try open(
      FileFormats.zip(
        [("x.npy", try NPY.encode(x)), ("notes.txt", Array("hello".utf8)), ("y.npy", try NPY.encode(y))],
        isWide: isWide,
        comment: "made by a test"))
    #expect(file.names == ["x", "y"])
    #expect(try file.array("x") == x)
    #expect(try file.array("y") == y)
  }

  @Test("An array that is not there is answered with those that are")
  func missing() throws {
    let error = thrownError { () throws(DataError) in try open(try NPZ.encode([("x", x), ("y", y)])).array("z") }
    #expect(error?.description == "\(folder.path)/a.npz: there is no array 'z'; it has x, y")
  }

  @Test("A damaged content is found by its checksum, a damaged stream by zlib")
  func damaged() throws {
    for isCompressed in [false, true] {
      var bytes = try NPZ.encode([("y", y)], isCompressed: isCompressed)
      bytes[60] ^= 4
      let error = try #require(thrownError { () throws(DataError) in try open(bytes).array("y") })
      #expect(error.problem.hasPrefix("the entry 'y.npy' of the archive "))
    }
    var bytes = FileFormats.zip([("x.npy", try NPY.encode(x))])
    bytes[100] ^= 1
    let error = thrownError { () throws(DataError) in try open(bytes).array("x") }
    #expect(error?.problem == "the entry 'x.npy' of the archive has a wrong checksum")
  }

  @Test("The size of a deflated content is believed no further than deflate can shrink, and then checked")
  func forged() throws {
    let bytes = try NPZ.encode([("y", y)], isCompressed: true)
    let directory = bytes.count - 22 - 46 - 5
    let stored = bytes[directory + 20..<directory + 24].reversed().reduce(0) { $0 << 8 | Int($1) }
    let size = try NPY.encode(y).count
    let most = 1032 * stored + 1031
    for (forged, problem) in [
      (most, "does not decompress: \(size) bytes come out, not \(most)"),
      (most + 1, "promises \(most + 1) bytes out of"),
    ] {
      var damaged = bytes
      damaged.replaceSubrange(directory + 24..<directory + 28, with: FileFormats.littleEndian(UInt32(forged)))
      let error = try #require(thrownError { () throws(DataError) in try open(damaged).array("y") })
      #expect(error.problem.contains(problem), "\(error)")
    }
  }

  @Test("What is no archive, and entries that cannot be read, are refused")
  func refused() throws {
    func problem(_ bytes: [UInt8]) throws -> String {
      try #require(thrownError { () throws(DataError) in try open(bytes).array("x") }).problem
    }
    let good = FileFormats.zip([("x.npy", try NPY.encode(x))])
    let directory = good.count - 22 - 46 - 5
    #expect(try problem([]).hasPrefix("this is no ZIP archive, or it is cut short"))
    #expect(try problem(NPY.encode(x)).hasPrefix("this is no ZIP archive, or it is cut short"))
    #expect(try problem(Array(good.dropLast())).hasPrefix("this is no ZIP archive, or it is cut short"))
    func changed(_ offset: Int, _ value: [UInt8]) -> [UInt8] {
      var bytes = good
      bytes.replaceSubrange(offset..<offset + value.count, with: value)
      return bytes
    }
    #expect(try problem(changed(directory + 8, [1])).hasSuffix("the entry 'x.npy' is encrypted"))
    #expect(
      try problem(changed(directory + 10, [12])).hasSuffix(
        "the entry 'x.npy' is compressed by the method 12, not stored or deflated"))
    #expect(
      try problem(changed(directory + 20, [0xFE, 0xFF, 0xFF])).hasSuffix("the entry 'x.npy' lies outside the file"))
    #expect(try problem(changed(directory + 24, [1])).contains("promises 1 bytes out of"))
    #expect(try problem(changed(directory + 42, [9])).hasSuffix("the entry 'x.npy' is not where its directory says"))
    #expect(try problem(changed(directory + 42, [0xFF, 0xFF, 0xFF, 0x7F])).hasSuffix("lies outside the file"))
    #expect(try problem(changed(directory, [0])).hasSuffix("its directory is damaged"))
    #expect(try problem(changed(good.count - 6, [0xFF, 0xFF, 0xFF])).hasSuffix("lies outside the file"))
    #expect(try problem(changed(good.count - 6, [0xFF, 0xFF, 0xFF, 0xFF])).hasSuffix("is missing or damaged"))
    #expect(try problem(changed(good.count - 12, [9])).hasSuffix("its directory of 9 entries lies outside the file"))
    #expect(try problem(changed(good.count - 18, [1])).hasSuffix("it is one of several parts"))
    #expect(try problem(FileFormats.zip([("x.npy", []), ("x.npy", [])])) == "the archive has two entries 'x.npy'")
  }

  @Test("Two arrays of one name are refused")
  func duplicates() {
    let error = thrownError { () throws(DataError) in try NPZ.encode([("x", x), ("x", y)]) }
    #expect(error?.description == "two entries of an archive are named 'x.npy'; give each its own name")
  }

  @Test("Archives cut short and changed at random never stop the program", arguments: [false, true])
  func fuzz(isCompressed: Bool) throws {
    let bytes = try NPZ.encode([("x", x), ("y", y)], isCompressed: isCompressed)
    var random = RandomStream(seed: isCompressed ? 1 : 2, name: "fuzz")
    func isRead(_ bytes: [UInt8]) -> Bool {
      do throws(DataError) {
        let file = try open(bytes)
        for name in file.names { _ = try file.array(name) }
        return file.names == ["x", "y"]
      } catch {
        return false
      }
    }
    #expect(isRead(bytes))
    for length in stride(from: 0, to: bytes.count, by: 3) { #expect(!isRead(Array(bytes[..<length]))) }
    var refusals = 0
    for _ in 0..<1500 {
      var damaged = bytes
      // The headers at both ends decide more than the elements.
      let position =
        random.integer(below: 2) == 0
        ? random.integer(below: 80) : bytes.count - 1 - random.integer(below: 140)
      damaged[position] = [0, 0xFF, UInt8(random.integer(below: 256))][random.integer(below: 3)]
      if !isRead(damaged) { refusals += 1 }
    }
    #expect(refusals > 300)
  }
}
