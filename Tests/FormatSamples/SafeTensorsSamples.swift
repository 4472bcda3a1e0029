import Batchwise

/// Samples of safetensors files.
enum SafeTensorsSamples {
  /// Every element type, single numbers, nothing, and a name that JSON must escape.
  private static let names =
    ElementType.allCases.map { "\($0.rawValue)_2x3" }
    + ["float32_scalar", "float64_0x3", "int64_2x3x4", "uint8_5_\"\u{e9}\\\n\u{1F600}\""]

  static let metadata = ["note": "line\nbreak, \"quote\", \u{1F600}", "epoch": "3"]

  static func write(to folder: String) throws {
    let samples = names.compactMap { name in ArraySample(named: name).map { (name, $0.array) } }
    var writer = try SafeTensorsWriter(
      path: "\(folder)/tensors.safetensors",
      tensors: samples.map { TensorDescription(name: $0, elementType: $1.elementType, shape: $1.shape) },
      metadata: metadata)
    for tensor in writer.tensors {
      for (name, array) in samples where name == tensor.name { try writer.append(array.bytes, to: name) }
    }
    try writer.finish()
  }

  static func read(_ path: String) throws {
    let file = try SafeTensorsFile(path: path)
    guard file.metadata == metadata else {
      throw Difference(description: "\(path): its metadata are \(file.metadata), not \(metadata)")
    }
    for tensor in file.tensors { try Difference.check(try file.array(tensor.name), named: tensor.name, in: path) }
    guard file.tensors.count == names.count else { throw Difference(description: "\(path): tensors are missing") }
  }
}
