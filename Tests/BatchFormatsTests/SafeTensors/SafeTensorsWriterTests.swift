import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("Writing safetensors files")
struct SafeTensorsWriterTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/m.safetensors" }

  private func write(metadata: [String: String] = [:]) throws {
    let tensors = [
      TensorDescription(name: "bytes", elementType: .uint8, shape: [3]),
      TensorDescription(name: "w", elementType: .float32, shape: [2, 2]),
      TensorDescription(name: "nothing", elementType: .float32, shape: [0, 7]),
      TensorDescription(name: "seeds", elementType: .uint64, shape: [2]),
      TensorDescription(name: "step \"\u{e9}\\\"\n", elementType: .int64, shape: []),
    ]
    var writer = try SafeTensorsWriter(path: path, tensors: tensors, metadata: metadata)
    for tensor in writer.tensors {
      switch tensor.name {
      case "bytes": try writer.append([1, 2, 3] as [UInt8], to: "bytes")
      case "w":
        try writer.append([1.5] as [Float], to: "w")
        try writer.append([-2, .infinity, .nan] as [Float], to: "w")
      case "seeds": try writer.append([.max, 7] as [UInt64], to: "seeds")
      case "nothing": try writer.append([] as [Float], to: "nothing")
      default: try writer.append([-5] as [Int64], to: tensor.name)
      }
    }
    try writer.finish()
  }

  @Test("What was written is read, bit by bit, with its metadata")
  func roundTrip() throws {
    let metadata = ["a": "1", "text": "line\nbreak, \"quote\", \u{1F600}, \u{1}", "": ""]
    try write(metadata: metadata)
    let file = try SafeTensorsFile(path: path)
    #expect(file.metadata.filter { $0.key != "batchwise.crc32" } == metadata)
    #expect(file.tensors.map(\.name) == ["seeds", "step \"\u{e9}\\\"\n", "w", "nothing", "bytes"])
    #expect(try file.array("seeds").elements(as: UInt64.self) == [.max, 7])
    #expect(try file.array("step \"\u{e9}\\\"\n") == StoredArray(shape: [], [-5] as [Int64]))
    #expect(try file.array("bytes").elements(as: UInt8.self) == [1, 2, 3])
    #expect(try file.array("nothing").shape == [0, 7])
    var numbers = [Float](repeating: 0, count: 4)
    try numbers.withUnsafeMutableBufferPointer { try file.read("w", into: $0) }
    #expect(numbers.map(\.bitPattern) == [1.5, -2, .infinity, .nan].map { (x: Float) in x.bitPattern })
    try file.verifyChecksum()
    #expect(folder.names() == ["m.safetensors"])
  }

  @Test("The header fills multiples of 8 bytes, and every tensor begins at a multiple of its elements")
  func alignment() throws {
    try write()
    let bytes = try #require(folder.read("m.safetensors"))
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0)
    // 16 of seeds, 8 of the step, 16 of w, 0, 3.
    #expect(bytes.count == 8 + length + 43)
  }

  /// The checksum's definition: CRC-32 of the file with eight zeros in place of its digits.
  @Test("The checksum is that of gzip over the file without it")
  func checksum() throws {
    try write(metadata: ["batchwise.crc32": "not mine"])
    var bytes = try #require(folder.read("m.safetensors"))
    let digits = bytes[44..<52]
    bytes.replaceSubrange(44..<52, with: Array("00000000".utf8))
    #expect(UInt32(String(decoding: digits, as: UTF8.self), radix: 16) == FileFormats.crc32(bytes))
  }

  @Test("A flip of any one bit is found")
  func flips() throws {
    try write(metadata: ["epoch": "12"])
    let bytes = try #require(folder.read("m.safetensors"))
    for position in 0..<bytes.count {
      var damaged = bytes
      damaged[position] ^= 1 << (position % 8)
      let path = folder.write(damaged, to: "damaged")
      #expect(throws: DataError.self, "byte \(position)") { try SafeTensorsFile(path: path).verifyChecksum() }
    }
  }

  @Test("A file without a checksum has none to verify, and one that lost its bytes since is told")
  func withoutChecksum() throws {
    let path = folder.write(SafeTensorsBytes.tensor(), to: "foreign")
    let error = thrownError { () throws(DataError) in try SafeTensorsFile(path: path).verifyChecksum() }
    #expect(error?.problem == "the header does not begin with the checksum 'batchwise.crc32'")
    let emptied = SafeTensorsBytes.file(#"{"__metadata__":{"batchwise.crc32":""}}"#)
    let emptyPath = folder.write(emptied, to: "emptied")
    #expect(throws: DataError.self) { try SafeTensorsFile(path: emptyPath).verifyChecksum() }
    try write()
    let file = try SafeTensorsFile(path: self.path)
    folder.write([], to: "m.safetensors")
    #expect(throws: DataError.self) { try file.verifyChecksum() }
    #expect(throws: DataError.self) { try file.array("seeds") }
  }

  @Test("A writer that is given up leaves what was there before")
  func abandoned() throws {
    try write(metadata: ["first": "yes"])
    do {
      var writer = try SafeTensorsWriter(
        path: path, tensors: [TensorDescription(name: "x", elementType: .uint8, shape: [2])])
      try writer.append([1] as [UInt8], to: "x")
    }
    #expect(folder.names() == ["m.safetensors"])
    #expect(try SafeTensorsFile(path: path).metadata["first"] == "yes")
  }

  @Test("A folder that is not there is told by the system")
  func unwritable() {
    let error = thrownError { () throws(FileError) in
      _ = try SafeTensorsWriter(path: "/nowhere/m.safetensors", tensors: [])
    }
    #expect(error?.description == "cannot write /nowhere/m.safetensors.partial: No such file or directory")
  }
}
