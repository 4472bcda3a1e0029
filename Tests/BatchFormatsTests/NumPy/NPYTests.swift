import BatchAlgebra
import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("NPY files")
struct NPYTests {
  @Test("A matrix comes back", arguments: [(0, 3), (1, 1), (3, 7), (200, 50)])
  func matrix(_ rows: Int, _ columns: Int) throws {
    let matrix = try Matrix<Float>(rows: rows, columns: columns, (0..<rows * columns).map { Float($0) / 7 })
    let bytes = NPY.encode(matrix)
    #expect((bytes.count - rows * columns * 4) % 64 == 0)
    #expect(try NPY.decode(bytes, path: "x.npy") == matrix)
  }

  /// The file that `numpy.save` writes for [[1, 2]] in 32-bit floats (NumPy 2.4).
  @Test("A matrix is written as NumPy writes it")
  func reference() throws {
    let head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    let bytes = NPYBytes.file(head, data: [0, 0, 128, 63, 0, 0, 0, 64])
    #expect(try NPY.encode(Matrix(rows: 1, columns: 2, [1, 2])) == bytes)
  }

  @Test("Arrays of every rank come back", arguments: [[], [0], [5], [2, 3], [2, 0, 3], [2, 1, 3, 2]])
  func ranks(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    for array in [
      StoredArray(shape: shape, (0..<count).map { Double($0) / 3 }),
      StoredArray(shape: shape, (0..<count).map { Int64($0) - 2 }),
      StoredArray(shape: shape, (0..<count).map { Int32($0) - 2 }),
      StoredArray(shape: shape, (0..<count).map { UInt8($0) }),
    ] {
      let bytes = try NPY.encode(array)
      #expect((bytes.count - array.bytes.count) % 64 == 0)
      #expect(try NPY.decodeArray(bytes, path: "x.npy") == array)
    }
  }

  /// The shapes as Python prints them, one with the comma that makes a tuple of it.
  @Test(
    "The header is Python's", arguments: [([], "()"), ([4], "(4,)"), ([1, 2, 3], "(1, 2, 3)")] as [([Int], String)])
  func header(shape: [Int], text: String) throws {
    let array = StoredArray(shape: shape, [UInt8](repeating: 1, count: shape.reduce(1, *)))
    #expect(
      try NPY.encode(array)
        == NPYBytes.file("{'descr': '|u1', 'fortran_order': False, 'shape': \(text), }", data: array.bytes))
  }

  @Test("Versions 2.0 and 3.0, double quotes, long integers and any order of keys are read", arguments: [1, 2, 3])
  func liberties(version: UInt8) throws {
    let bytes = NPYBytes.file(
      "{\"shape\": (2L,), 'fortran_order': False,'descr':'<i2'}", version: version, data: [1, 0, 255, 255])
    #expect(try NPY.decodeArray(bytes, path: "x.npy") == StoredArray(shape: [2], [1, -1] as [Int16]))
  }

  @Test("Big-endian numbers are turned round")
  func bigEndian() throws {
    let bytes = NPYBytes.file(
      "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", data: [63, 128, 0, 0, 192, 0, 0, 0])
    #expect(try NPY.decodeArray(bytes, path: "x.npy").elements(as: Float.self) == [1, -2])
  }

  /// Element (i, j, k) of [2][3][4] is 100 i + 10 j + k; in Fortran order i runs fastest.
  @Test("An array in Fortran order is put into C order")
  func fortran() throws {
    var numbers: [Int32] = []
    for k in 0..<4 { for j in 0..<3 { for i in 0..<2 { numbers.append(Int32(100 * i + 10 * j + k)) } } }
    let bytes = NPYBytes.file(
      "{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3, 4), }", data: numbers.withUnsafeBytes { Array($0) })
    let array = try NPY.decodeArray(bytes, path: "x.npy")
    #expect(array.shape == [2, 3, 4])
    var expected: [Int32] = []
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { expected.append(Int32(100 * i + 10 * j + k)) } } }
    #expect(array.elements(as: Int32.self) == expected)
  }

  @Test("What is no matrix of 32-bit floats is refused as one")
  func refusedMatrix() throws {
    let good = NPY.encode(try Matrix(rows: 2, columns: 2, [1, 2, 3, 4]))
    let others = [
      StoredArray(shape: [4], [1, 2, 3, 4] as [Float]), StoredArray(shape: [2, 2], [1, 2, 3, 4] as [Double]),
    ]
    let damaged = [[], Array(good.dropLast()), good + [0], [1] + good.dropFirst(), Array(good[..<20])]
    for bad in damaged + (try others.map { array throws(DataError) in try NPY.encode(array) }) {
      #expect(throws: DataError.self) { try NPY.decode(bad, path: "x.npy") }
    }
  }

  @Test(
    "Files that hold no numbers, or not those they announce, are refused",
    arguments: [
      (Array("no such file".utf8), "this is no NPY file: it does not begin with \\x93NUMPY"),
      (NPYBytes.file("{}", version: 9), "the version 9.0 of the NPY format is unknown"),
      (Array(NPYBytes.file("{}", version: 2)[..<11]), "the file ends within its NPY header"),
      (Array(NPYBytes.file("{}")[..<50]), "the file ends within its NPY header"),
      (NPYBytes.file("{}"), "the NPY header lacks 'descr', 'fortran_order' or 'shape'"),
      (NPYBytes.header(type: "|O"), "the elements have NumPy's type '|O'; convert them with astype to one of f8, f4,"),
      (NPYBytes.header(type: "<U5"), "the elements have NumPy's type '<U5'"),
      (NPYBytes.header(type: "<c8"), "the elements have NumPy's type '<c8'"),
      (NPYBytes.header(type: ""), "the elements have NumPy's type ''"),
      (
        NPYBytes.file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"),
        "the elements are records of several fields, not numbers"
      ),
      (NPYBytes.header(shape: "(4,)"), "announces the shape [4] of float32, but 8 bytes follow"),
      (
        NPYBytes.header(shape: "(9223372036854775807, 4)"),
        "announces the shape [9223372036854775807, 4] of float32, but 8"
      ),
      (NPYBytes.header(shape: "(99999999999999999999,)"), "a whole number from 0 on belongs here"),
      (NPYBytes.header(shape: "(-2,)"), "a whole number from 0 on belongs here"),
      (NPYBytes.header(shape: "(" + String(repeating: "1,", count: 65) + ")"), "a tuple has more than 64 numbers"),
      (NPYBytes.header(shape: "2"), "'(' belongs here"),
      (NPYBytes.header(order: "Maybe"), "True or False belongs here"),
      (NPYBytes.header(order: "False, 'fortran_order': False"), "the key 'fortran_order' occurs twice"),
      (NPYBytes.header(order: "False, 'colour': 1"), "the key 'colour' is unknown"),
      (NPYBytes.header(order: "False} {"), "something follows the dictionary"),
      (NPYBytes.file("{'descr': 'unclosed"), "a text is not closed, or has an escape sequence"),
      (NPYBytes.file("{'descr"), "a text is not closed, or has an escape sequence"),
      (NPYBytes.file("{descr: 1}"), "a text in quotes belongs here"),
    ])
  func refused(bytes: [UInt8], problem: String) throws {
    let error = try #require(thrownError { () throws(DataError) in try NPY.decodeArray(bytes, path: "x.npy") })
    #expect(error.description.hasPrefix("x.npy: "))
    #expect(error.description.contains(problem), "\(error.description)")
  }

  @Test("NumPy has no bfloat16")
  func bfloat() throws {
    let folder = TemporaryFolder()
    let path = folder.write(SafeTensorsBytes.tensor(type: "BF16", offsets: "[0,12]", dataByteCount: 12), to: "b")
    let array = try SafeTensorsFile(path: path).array("w")
    let error = thrownError { () throws(DataError) in try NPY.encode(array) }
    #expect(error?.description == "NumPy has no elements of bfloat16; convert the array to float32 first")
  }

  @Test("Of a file just as much is read as its header announces", arguments: ["x.npy", "x.npy.gz"])
  func bounds(name: String) throws {
    let folder = TemporaryFolder()
    func problem(_ bytes: [UInt8]) -> String? {
      let path = folder.write(name.hasSuffix("gz") ? FileFormats.gzip(bytes) : bytes, to: name)
      return thrownError { () throws(DataError) in try NPY.read(path) }?.problem
    }
    let whole = try NPY.encode(StoredArray(shape: [3], [1, 2, 3] as [Float]))
    let announced = "the NPY header announces the shape [3] of float32, but "
    #expect(problem(whole) == nil)
    #expect(problem(Array(whole.dropLast())) == announced + "11 bytes follow")
    #expect(problem(whole + [0]) == announced + "more bytes follow")
    for (type, shape) in [("<f4", "(9223372036854775807,)"), ("|u1", "(9223372036854775807,)"), ("|u1", "(9999999,)")] {
      #expect(problem(NPYBytes.header(type: type, shape: shape))?.contains("but no more than ") == true)
    }
    #expect(problem(Array(whole[..<50])) == "the file ends within its NPY header")
    let long = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0x7F]
    #expect(problem(long) == "the NPY header is to have 2147483647 bytes, more than any of numbers has")
  }

  @Test("A compressed file that begins as something else is not decompressed to its end")
  func beginning() throws {
    let folder = TemporaryFolder()
    let text = FileFormats.gzip([UInt8](repeating: 0x20, count: 100_000))
    let path = folder.write(Array(text[..<90_000]), to: "x.npy.gz")
    let error = thrownError { () throws(DataError) in try NPY.read(path) }
    #expect(error?.problem.hasPrefix("this is no NPY file") == true, "\(String(describing: error))")
  }

  @Test("A file is read, compressed or not")
  func files() throws {
    let folder = TemporaryFolder()
    let array = StoredArray(shape: [3], [1, 2, 3] as [Float])
    let bytes = try NPY.encode(array)
    #expect(try NPY.read(folder.write(bytes, to: "x.npy")) == array)
    #expect(try NPY.read(folder.write(FileFormats.gzip(bytes), to: "x.npy.gz")) == array)
  }
}
