import BatchTestSupport
import Foundation
import Testing

/// A trained network judged from the command line.
@Suite struct EvaluateTests {
  private let folder = TemporaryFolder()

  private func train(_ data: String, _ more: String...) throws {
    let run = try Tool.run(
      ["train", "--data", data, "--model", "mlp:8", "--epochs", "2", "--output", "\(folder.path)/r", "--quiet"] + more)
    try #require(run.status == 0, "\(run.notes)")
  }

  @Test func classesAreCountedOneByOne() throws {
    try train("dots")
    let run = try Tool.run("evaluate", "\(folder.path)/r", "--format", "csv")
    #expect(run.status == 0 && run.notes.contains("best.safetensors, after update 88, on the test part, 300 examples"))
    let rows = run.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows[0].joined(separator: ",") == "class,examples,loss,accuracy,recall,precision")
    #expect(rows.map(\.first) == ["class", "all", "red", "blue"])
    let counts = rows.dropFirst().compactMap { Int($0[1]) }
    #expect(counts.count == 3 && counts[0] == 300 && counts[1] + counts[2] == 300)
    // The accuracy is the mean of the recalls, each class by its size.
    let recalls = rows.dropFirst(2).compactMap { Double($0[4]) }
    let accuracy = try #require(Double(rows[1][3]))
    #expect(abs(accuracy - (recalls[0] * Double(counts[1]) + recalls[1] * Double(counts[2])) / 300) < 1e-12)
    // The same numbers from the folder of the checkpoints, and from the file.
    for path in ["r/checkpoints", "r/checkpoints/best.safetensors"] {
      #expect(
        try Tool.run("evaluate", "\(folder.path)/\(path)", "--format", "csv").output == run.output)
    }
    #expect(try Tool.run("evaluate", "\(folder.path)/r", "--part", "train").notes.contains("1\u{202F}400 examples"))
  }

  @Test func valuesHaveALossAlone() throws {
    let rows = (0..<200).map { "\($0),\($0 * 7 % 31),\(Double($0) * 0.37 + 0.1)\n" }
    try train(folder.write("a,b,y\n" + rows.joined(), to: "values.csv"), "--batch", "8", "--lr", "0.0001")
    let run = try Tool.run("evaluate", "\(folder.path)/r", "--format", "csv", "--quiet")
    #expect(run.status == 0 && run.output.hasPrefix("examples,loss\n30,") && run.notes.isEmpty)
  }

  /// Shape, classes and scaling are the same: only the fingerprint tells that the classes have changed places.
  @Test func otherLabelsAreRefused() throws {
    func rows(_ names: [String]) -> String {
      (0..<120).map { "\($0 % 2 * 3),\($0 % 7),\(names[$0 % 2])\n" }.joined()
    }
    let table = folder.write("x,y,kind\n" + rows(["a", "b"]), to: "l.csv")
    try train(table)
    #expect(try Tool.run("evaluate", "\(folder.path)/r").status == 0)
    folder.write("x,y,kind\n" + rows(["b", "a"]), to: "l.csv")
    for arguments in [["evaluate", "\(folder.path)/r"], ["predict", "\(folder.path)/r/checkpoints/best.safetensors"]] {
      let run = try Tool.run(arguments)
      #expect(run.status == 65 && run.notes.contains("features, labels or their order have changed; give the data"))
    }
  }

  /// A folder with the four IDX files of a few small pictures.
  private func pictures() throws -> String {
    let path = "\(folder.path)/pictures"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (part, count) in [("train", 60), ("t10k", 12)] {
      let labels = (0..<count).map { UInt8($0 % 2) }
      folder.write(
        FileFormats.idx(shape: [count, 2, 2], labels.flatMap { [$0 * 200, 90, 30, 10] }),
        to: "pictures/\(part)-images-idx3-ubyte")
      folder.write(FileFormats.idx(shape: [count], labels), to: "pictures/\(part)-labels-idx1-ubyte")
    }
    return path
  }

  /// However the data were named for training, they are found again.
  @Test(arguments: ["a folder", "--data-dir", "--label", "a table in --data-dir"])
  func dataAreFoundAgain(_ way: String) throws {
    let table = "kind,a\n" + (0..<80).map { "\($0 % 2 == 0 ? "even" : "odd"),\($0 % 2 * 5)\n" }.joined()
    switch way {
    case "a folder": try train(pictures(), "--batch", "8")
    case "--data-dir": try train("mnist", "--data-dir", pictures(), "--batch", "8")
    case "--label": try train(folder.write(table, to: "t.csv"), "--label", "kind", "--batch", "8")
    default:
      folder.write(table, to: "t.csv")
      try train("t.csv", "--data-dir", folder.path, "--label", "kind", "--batch", "8")
    }
    for command in ["evaluate", "predict"] {
      let run = try Tool.run(command, "\(folder.path)/r")
      #expect(run.status == 0 && !run.output.isEmpty, "\(command): \(run.notes)")
    }
  }

  @Test func otherDataAreNoticed() throws {
    func table(_ shift: Int) -> String {
      "a,y\n" + (0..<100).map { "\($0 + shift * $0 % 7),\($0 < 50 ? "low" : "high")\n" }.joined()
    }
    try train(folder.write(table(0), to: "d.csv"), "--batch", "8")
    folder.write(table(3), to: "d.csv")
    let run = try Tool.run("evaluate", "\(folder.path)/r")
    #expect(
      run.status == 65 && run.notes.contains("d.csv: the examples are not those of the training; give the folder"))
  }

  @Test func filesThatAreNoCheckpointAreRefused() throws {
    try train("dots")
    let bytes = try #require(folder.read("r/checkpoints/best.safetensors"))
    var flipped = bytes
    flipped[bytes.count / 2] ^= 1
    let cases: [(String, String)] = [
      (folder.write(Array(bytes.dropLast(5)), to: "short"), "the file is damaged"),
      (folder.write(flipped, to: "flipped"), "flipped"), (folder.write("", to: "empty"), "it has 0 bytes"),
      (folder.write("hello", to: "text"), "no safetensors file"), ("/nowhere", "cannot be read"),
      ("\(folder.path)/r/weights.safetensors", "is no checkpoint: it is a safetensors file without"),
      (folder.path, "the folder holds no checkpoint; give a checkpoint, or the folder of a run"),
    ]
    for (path, message) in cases {
      for command in ["evaluate", "predict"] {
        let run = try Tool.run(command, path)
        #expect(run.status == 65 && run.output.isEmpty && run.notes.contains(message), "\(run.notes)")
      }
    }
    #expect(try Tool.run("evaluate").status == 64)
    #expect(try Tool.run("evaluate", "\(folder.path)/r", "--part", "all").status == 64)
  }
}
