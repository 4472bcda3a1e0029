import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchFormats

/// Damage drawn at random: a file is read or refused, whatever happened to it; a trap would end the test.
@Suite("Damaged safetensors files")
struct SafeTensorsFuzzTests {
  private let folder = TemporaryFolder()

  private func original() throws -> [UInt8] {
    let tensors = [
      TensorDescription(name: "layers.0.weight", elementType: .float32, shape: [3, 2]),
      TensorDescription(name: "layers.0.bias", elementType: .float64, shape: [2]),
      TensorDescription(name: "order", elementType: .int32, shape: [5]),
    ]
    var writer = try SafeTensorsWriter(
      path: "\(folder.path)/m.safetensors", tensors: tensors, metadata: ["epoch": "3", "name": "\u{e9}\n"])
    for tensor in writer.tensors { try writer.append([UInt8](repeating: 3, count: tensor.byteCount), to: tensor.name) }
    try writer.finish()
    return try #require(folder.read("m.safetensors"))
  }

  /// Whether the file is read and its checksum right; everything that is in it is asked for.
  private func isRead(_ bytes: [UInt8]) -> Bool {
    let path = folder.write(bytes, to: "damaged")
    do throws(DataError) {
      let file = try SafeTensorsFile(path: path)
      for tensor in file.tensors {
        let array = try file.array(tensor.name)
        _ = array.doubles()
      }
      try file.verifyChecksum()
      return true
    } catch {
      #expect(error.path == path)
      return false
    }
  }

  @Test("A file cut short anywhere is refused")
  func truncations() throws {
    let bytes = try original()
    #expect(isRead(bytes))
    for length in 0..<bytes.count { #expect(!isRead(Array(bytes[..<length])), "\(length) bytes") }
  }

  @Test("Bytes replaced, inserted and removed at random never stop the program", arguments: 1...4)
  func flips(changes: Int) throws {
    let bytes = try original()
    var random = RandomStream(seed: UInt64(changes), name: "fuzz")
    // Characters that mean something in a header, beside any byte.
    let meaningful = Array(#"{}[]":,\0123456789eu-_"#.utf8)
    var refusals = 0
    for _ in 0..<1500 {
      var damaged = bytes
      for _ in 0..<changes {
        let position = random.integer(below: damaged.count - 60)
        let byte =
          random.integer(below: 2) == 0
          ? UInt8(random.integer(below: 256)) : meaningful[random.integer(below: meaningful.count)]
        switch random.integer(below: 4) {
        case 0: damaged.insert(byte, at: position)
        case 1: damaged.remove(at: position)
        default: damaged[position] = byte
        }
      }
      if !isRead(damaged) { refusals += 1 }
    }
    // A change may put back what was there; the checksum finds all others.
    #expect(refusals > 1450)
  }
}
