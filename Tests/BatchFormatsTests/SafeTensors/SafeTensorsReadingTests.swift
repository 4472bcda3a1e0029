import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("Reading safetensors files")
struct SafeTensorsReadingTests {
  private let folder = TemporaryFolder()

  private func open(_ bytes: [UInt8]) throws(DataError) -> SafeTensorsFile {
    try SafeTensorsFile(path: folder.write(bytes, to: "m.safetensors"))
  }

  private func message(_ bytes: [UInt8]) throws -> String {
    let error = try #require(thrownError { () throws(DataError) in try open(bytes) })
    return error.description.replacing(folder.path + "/", with: "")
  }

  /// What `safetensors.numpy.save({"b": zeros(2, uint8), "a": [[1, 2, 3]] of float32}, {"k": "v"})` gives (0.7.0).
  @Test("A file as the reference writes it is read")
  func reference() throws {
    let header =
      #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,3],"data_offsets":[0,12]},"#
      + #""b":{"dtype":"U8","shape":[2],"data_offsets":[12,14]}}"#
    let numbers: [Float] = [1, 2, 3]
    let file = try open(SafeTensorsBytes.file(header, data: numbers.withUnsafeBytes { Array($0) } + [7, 8]))
    #expect(file.metadata == ["k": "v"])
    #expect(
      file.tensors == [
        TensorDescription(name: "a", elementType: .float32, shape: [1, 3]),
        TensorDescription(name: "b", elementType: .uint8, shape: [2]),
      ])
    #expect(try file.array("a") == StoredArray(shape: [1, 3], numbers))
    #expect(try file.array("b") == StoredArray(shape: [2], [7, 8] as [UInt8]))
  }

  @Test("Blanks, escapes, single numbers, empty tensors and tensors in any order are read")
  func liberties() throws {
    let header = """
      { "b\\u00e9\\n\\ud83d\\ude00" : {"shape" : [ ], "data_offsets":[8,12],"dtype":"I32"},\t"e":{"dtype":"F64",
      "shape":[0,5],"data_offsets":[8,8]}, "a/b":{"dtype":"F64","shape":[1],"data_offsets":[0,8]} }\("   ")
      """
    let file = try open(SafeTensorsBytes.file(header, data: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 5, 0, 0, 0]))
    #expect(file.tensors.map(\.name) == ["a/b", "e", "b\u{e9}\n\u{1F600}"])
    #expect(try file.array("a/b").elements(as: Double.self) == [1])
    #expect(try file.array("e").count == 0)
    #expect(try file.array("b\u{e9}\n\u{1F600}") == StoredArray(shape: [], [5] as [Int32]))
    #expect(try open(SafeTensorsBytes.file("{}")).tensors.isEmpty)
  }

  /// Every 16-bit number beside what Swift's own conversion gives.
  @Test("Numbers of 16 bits become the same of 32 and 64")
  func halves() throws {
    let bits = Array(UInt16.min...UInt16.max)
    let header =
      #"{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]},"#
      + #""b":{"dtype":"BF16","shape":[65536],"data_offsets":[131072,262144]}}"#
    let data = bits.withUnsafeBytes { Array($0) }
    let file = try open(SafeTensorsBytes.file(header, data: data + data))
    var numbers = [Float](repeating: 0, count: 65536)
    try numbers.withUnsafeMutableBufferPointer { try file.readConverting("b", into: $0) }
    #expect(numbers.map(\.bitPattern) == bits.map { UInt32($0) << 16 })
    try numbers.withUnsafeMutableBufferPointer { try file.readConverting("h", into: $0) }
    for (number, bits) in zip(numbers, bits) {
      let expected = naiveHalf(bits)
      #expect(expected.isNaN ? number.isNaN : number.bitPattern == Float(expected).bitPattern)
    }
    #expect(try file.array("h").doubles().map { Float($0) }.filter { !$0.isNaN } == numbers.filter { !$0.isNaN })
  }

  /// The definition: (-1)^sign × 2^(exponent − 15) × 1.fraction, and 2^-14 × 0.fraction where the exponent is 0.
  private func naiveHalf(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10) & 31
    let fraction = Double(bits & 1023) / 1024
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    var power = 1.0
    for _ in 0..<abs(max(exponent, 1) - 15) { power *= exponent > 15 ? 2 : 0.5 }
    return sign * power * (exponent == 0 ? fraction : 1 + fraction)
  }

  @Test("Elements of every type become numbers, in parts where there are many", arguments: [1, 65_536, 65_537])
  func conversion(count: Int) throws {
    let path = "\(folder.path)/t.safetensors"
    let elements = (0..<count).map { Int16(truncatingIfNeeded: $0 &* 7 - 9) }
    var writer = try SafeTensorsWriter(
      path: path, tensors: [TensorDescription(name: "x", elementType: .int16, shape: [count])])
    try writer.append(elements, to: "x")
    try writer.finish()
    var numbers = [Double](repeating: 0, count: count)
    try numbers.withUnsafeMutableBufferPointer { try SafeTensorsFile(path: path).readConverting("x", into: $0) }
    #expect(numbers == elements.map { Double($0) })
  }

  @Test("What is asked for and is not there is told")
  func wrongRequests() throws {
    let file = try open(SafeTensorsBytes.tensor())
    var numbers = [Float](repeating: 0, count: 5)
    var doubles = [Double](repeating: 0, count: 6)
    let size = thrownError { () throws(DataError) in
      try numbers.withUnsafeMutableBufferPointer { (numbers) throws(DataError) in try file.read("w", into: numbers) }
    }
    #expect(
      size?.problem == "the tensor 'w' of shape [2, 3] has 24 bytes, not 20")
    let type = thrownError { () throws(DataError) in
      try doubles.withUnsafeMutableBufferPointer { (doubles) throws(DataError) in try file.read("w", into: doubles) }
    }
    #expect(type?.problem == "the tensor 'w' has elements of float32, not float64")
    let name = thrownError { () throws(DataError) in try file.array("v") }
    #expect(
      name?.description.replacing(folder.path, with: "") == "/m.safetensors: there is no tensor 'v'; it has w")
  }

  @Test(
    "Files of other formats are named as such",
    arguments: [
      [], Array("short".utf8), [0x89] + Array("PNG\r\n\u{1A}\n and so on".utf8),
      Array("PK\u{3}\u{4}\u{14}\0\0\0\0\0".utf8),
      SafeTensorsBytes.file("[1,2,3]"), SafeTensorsBytes.file(""),
    ] as [[UInt8]])
  func foreign(bytes: [UInt8]) throws {
    #expect(try message(bytes).hasPrefix("m.safetensors: this is no safetensors file: "))
  }

  @Test(
    "Headers that contradict the file or themselves are refused with the tensor's name",
    arguments: [
      (SafeTensorsBytes.file("{}", length: 3), "the header is to have 3 bytes, but only 2 follow"),
      (SafeTensorsBytes.file("{}", data: [1]), "the tensors take 0 bytes of data, but 1 follow the header"),
      (SafeTensorsBytes.tensor(dataByteCount: 23), "the tensor 'w' ends at byte 24 of the data, which has 23"),
      (SafeTensorsBytes.tensor(dataByteCount: 25), "the tensors take 24 bytes of data, but 25 follow the header"),
      (
        SafeTensorsBytes.tensor(offsets: "[4,28]", dataByteCount: 28),
        "the tensor 'w' begins at byte 4 of the data and leaves a hole before it"
      ),
      (
        SafeTensorsBytes.tensor(offsets: "[0,20]"),
        "the tensor 'w' of shape [2, 3] and type F32 does not fill its bytes 0..<20"
      ),
      (
        SafeTensorsBytes.tensor(shape: "[4294967296,4294967296]"),
        "the tensor 'w' of shape [4294967296, 4294967296] and type F32 does not fill its bytes 0..<24"
      ),
      (
        SafeTensorsBytes.tensor(offsets: "[24,0]"),
        "the tensor 'w' of shape [2, 3] and type F32 does not fill its bytes"
      ),
      (
        SafeTensorsBytes.tensor(type: "F8_E4M3"),
        "the tensor 'w' has elements of the type 'F8_E4M3'; convert it to one of"
      ),
      (SafeTensorsBytes.tensor(offsets: "[0]"), "the tensor 'w' has no dtype, no shape or no two data_offsets"),
      (SafeTensorsBytes.tensor(offsets: "[0,1,2]"), "a list has more than 2 numbers"),
      (SafeTensorsBytes.tensor(shape: "[99999999999999999999]"), "a number is too large"),
      (SafeTensorsBytes.tensor(shape: "[-1]"), "a whole number from 0 on should stand here"),
      (SafeTensorsBytes.tensor(shape: "[02,3]"), "a whole number from 0 on should stand here"),
      (SafeTensorsBytes.tensor(shape: "[2.0,3]"), "a whole number from 0 on should stand here"),
      (SafeTensorsBytes.tensor(shape: "{}"), "a [ should stand here"),
      (SafeTensorsBytes.tensor(shape: "[2,3],\"order\":\"F\""), "the tensor 'w' has the unknown key 'order'"),
      (SafeTensorsBytes.tensor(shape: "[2,3],\"shape\":[2,3]"), "the key 'shape' stands twice"),
      (SafeTensorsBytes.tensor(name: "__metadata__"), "text in double quotes should stand here"),
      (SafeTensorsBytes.tensor(name: "\\ud800x"), "half of a character"),
      (SafeTensorsBytes.tensor(name: "\\x"), "no such character can stand behind a \\"),
      (SafeTensorsBytes.tensor(name: "\\u00zz"), "four hexadecimal digits should stand behind \\u"),
      (SafeTensorsBytes.tensor(name: "a\nb"), "a line must not end"),
      (SafeTensorsBytes.file("{\"a"), "the text that begins here has no end"),
      (SafeTensorsBytes.file("{\"a\\"), "no such character can stand behind a \\"),
      (SafeTensorsBytes.file("{} {}"), "there is something behind the last }"),
      (SafeTensorsBytes.file("{"), "a key in double quotes should stand here"),
    ])
  func refused(bytes: [UInt8], problem: String) throws {
    let message = try message(bytes)
    #expect(message.hasPrefix("m.safetensors: "))
    #expect(message.contains(problem), "\(message)")
  }

  @Test("A name that is not UTF-8, one that occurs twice, and tensors that overlap are refused")
  func moreRefusals() throws {
    var bytes = SafeTensorsBytes.tensor(name: "wxyz")
    bytes[10] = 0xFF
    #expect(try message(bytes).contains("the text that begins here is not UTF-8"))
    let entry = #"{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#
    let twice = SafeTensorsBytes.file(#"{"w":\#(entry),"w":\#(entry)}"#, data: [1, 2, 3, 4])
    #expect(try message(twice).contains("the key 'w' stands twice"))
    let overlapping = SafeTensorsBytes.file(#"{"w":\#(entry),"v":\#(entry)}"#, data: [1, 2, 3, 4])
    #expect(try message(overlapping).contains("begins at byte 0 of the data and overlaps with the one before it"))
  }

  @Test("A header of more than 100 MB is refused, whatever the file's size")
  func hugeHeader() throws {
    #expect(
      try message(SafeTensorsBytes.file("{}", length: 100_000_001)).contains(
        "promise a header of 100000001 bytes, more than any has"))
    #expect(try message(SafeTensorsBytes.file("{}", length: .max)).contains("18446744073709551615 bytes"))
    #expect(
      try message(SafeTensorsBytes.file("{}", length: 100_000_000)).contains(
        "is to have 100000000 bytes, but only 2 follow"))
  }
}
