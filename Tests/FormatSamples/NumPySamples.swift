import Batchwise

/// Samples of NPY and NPZ files.
enum NumPySamples {
  /// Every element type, and shapes of every rank up to 3.
  private static let names =
    ElementType.allCases.filter { $0 != .bfloat16 }.map { "\($0.rawValue)_2x3" }
    + ["float32_scalar", "float64_0", "int32_1", "uint8_5", "float32_2x0x3", "int64_2x3x4", "float64_101"]

  static func write(to folder: String) throws {
    let samples = names.compactMap { name in ArraySample(named: name).map { (name: name, array: $0.array) } }
    for sample in samples { try DurableFile.write(NPY.encode(sample.array), to: "\(folder)/\(sample.name).npy") }
    try DurableFile.write(NPZ.encode(samples), to: "\(folder)/stored.npz")
    try DurableFile.write(NPZ.encode(samples, isCompressed: true), to: "\(folder)/deflated.npz")
  }

  static func readArray(_ path: String, name: String) throws {
    try Difference.check(try NPY.read(path), named: name, in: path)
  }

  static func readArchive(_ path: String) throws {
    let archive = try NPZ(path: path)
    for name in archive.names { try Difference.check(try archive.array(name), named: name, in: path) }
    guard archive.names.count >= 2 else { throw Difference(description: "\(path): it has \(archive.names)") }
  }
}
