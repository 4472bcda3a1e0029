import Batchwise
import Glibc

/// One half of `scripts/check-formats`: writes a sample of each file format, and reads those that Python wrote.
///
/// ```
/// format-samples write FOLDER     writes the samples that scripts/formats/*.py read
/// format-samples read FOLDER      reads the files that they wrote; fails at the first difference
/// ```
@main
struct FormatSamples {
  static func main() {
    do {
      switch CommandLine.arguments.dropFirst().first {
      case "write" where CommandLine.arguments.count == 3: try write(to: CommandLine.arguments[2])
      case "read" where CommandLine.arguments.count == 3: try read(from: CommandLine.arguments[2])
      default: fail("usage: format-samples write|read FOLDER", status: 64)
      }
    } catch {
      fail("format-samples: \(error)", status: 1)
    }
  }

  private static func write(to folder: String) throws {
    try DurableFile.makeFolder(folder)
    try NumPySamples.write(to: folder)
    try SafeTensorsSamples.write(to: folder)
    try ExchangeSamples.write(to: folder)
    try CheckpointSamples.write(to: folder)
  }

  private static func read(from folder: String) throws {
    var counts: [String: Int] = [:]
    for name in try DurableFile.names(in: folder) {
      let path = "\(folder)/\(name)"
      let ending = String(name.split(separator: ".").last ?? "")
      switch ending {
      case "npy": try NumPySamples.readArray(path, name: String(name.dropLast(4)))
      case "npz": try NumPySamples.readArchive(path)
      case "safetensors": try SafeTensorsSamples.read(path)
      case "torch":
        let (files, difference) = try ExchangeSamples.readTorch(path)
        row("weights", "torch", "\(files) files of weights, outputs computed here", "\(difference)")
      default: throw Difference(description: "\(path): nothing here reads such a file")
      }
      counts[ending, default: 0] += 1
    }
    for (ending, format, package) in [
      ("npy", "NPY", "numpy"), ("npz", "NPZ", "numpy"), ("safetensors", "safetensors", "safetensors"),
    ] {
      if let count = counts[ending] { row(format, package, "\(count) files, bit by bit", "0") }
    }
  }

  /// A row of the table that scripts/check-formats prints; who wrote the files knows the package's version.
  private static func row(_ format: String, _ package: String, _ compared: String, _ difference: String) {
    print([format, package, "", "written there, read here", compared, difference].joined(separator: "\t"))
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    let line = Array((message + "\n").utf8)
    // Where nobody can be told, the status still tells.
    _ = Glibc.write(STDERR_FILENO, line, line.count)
    exit(status)
  }
}

/// A file that does not hold what it should.
struct Difference: Error, CustomStringConvertible {
  let description: String

  /// Throws unless the array is the one its name says.
  static func check(_ array: StoredArray, named name: String, in path: String) throws {
    guard let sample = ArraySample(named: name) else {
      throw Difference(description: "\(path): '\(name)' is no name of a sample")
    }
    guard array == sample.array else {
      throw Difference(
        description:
          "\(path): '\(name)' has the type \(array.elementType), the shape \(array.shape) and \(array.doubles()),"
          + " not \(sample.array.doubles())")
    }
  }
}
