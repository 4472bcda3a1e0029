import BatchData
import BatchFormats
import BatchTestSupport
import Foundation
import Testing

/// What a trained network makes of examples, from the command line.
@Suite struct PredictTests {
  private let folder = TemporaryFolder()

  private func train(_ data: String, _ more: String...) throws {
    let run = try Tool.run(
      ["train", "--data", data, "--model", "mlp:8", "--epochs", "2", "--batch", "8", "--output", "\(folder.path)/r"]
        + ["--quiet"] + more)
    try #require(run.status == 0, "\(run.notes)")
  }

  private func predict(_ more: String...) throws -> Tool.Outcome {
    try Tool.run(["predict", "\(folder.path)/r"] + more)
  }

  private func npy<T: ArrayElement>(_ shape: [Int], _ elements: [T], _ name: String) throws -> String {
    folder.write(try NPY.encode(StoredArray(shape: shape, elements)), to: name)
  }

  /// Two classes whose names need quotes.
  private func quotedTable() -> String {
    let rows = (0..<120).map {
      "\($0 * 37 % 120),\($0 % 5),\($0 * 37 % 120 < 60 ? "\"no, never\"" : "\"say \"\"yes\"\"\"")\n"
    }
    return folder.write("a,b,answer\n" + rows.joined(), to: "quoted.csv")
  }

  @Test(arguments: ["softmax-cross-entropy", "binary-cross-entropy", "mean-squared-error"])
  func namesAreQuotedAndFilesAgree(_ loss: String) throws {
    try train(quotedTable(), "--loss", loss)
    let run = try predict()
    #expect(run.status == 0 && run.notes.isEmpty)
    let table = try CSVTable(path: folder.write(run.output, to: "p.csv"), header: .present)
    #expect(table.columnNames == ["example", "label", "target", "no, never", "say \"yes\""] && table.rowCount == 18)
    let written = try predict("--output", "\(folder.path)/q.csv")
    #expect(
      written.output.isEmpty && written.notes.contains("Predictions for 18 examples are in \(folder.path)/q.csv."))
    #expect(folder.read("q.csv") == Array(run.output.utf8))
    #expect(try predict("-o", "\(folder.path)/q.npz", "--quiet").notes.isEmpty)
    #expect(try predict("-o", "\(folder.path)/q.npy").status == 0)
    let archive = try NPZ(path: "\(folder.path)/q.npz")
    let probabilities = try archive.array("probabilities")
    #expect(try NPY.read("\(folder.path)/q.npy") == probabilities && probabilities.shape == [18, 2])
    let numbers = probabilities.floats()
    let labels = (0..<18).map { numbers[2 * $0 + 1] > numbers[2 * $0] ? Int64(1) : 0 }
    #expect(try archive.array("labels").elements(as: Int64.self) == labels)
    if loss == "softmax-cross-entropy" {
      for row in 0..<18 { #expect(abs(numbers[2 * row] + numbers[2 * row + 1] - 1) < 1e-5) }
    }
  }

  @Test func valuesStandBesideTheirTargets() throws {
    let rows = (0..<200).map { "\($0),\($0 * 7 % 31),\(Double($0) * 0.37 + 0.1)\n" }
    try train(folder.write("a,b,y\n" + rows.joined(), to: "values.csv"), "--lr", "0.0001")
    let lines = try predict().output.split(separator: "\n")
    #expect(lines.count == 31 && lines[0] == "example,target,output" && lines[1].split(separator: ",").count == 3)
    #expect(try predict("-o", "\(folder.path)/v.npz").status == 0)
    let archive = try NPZ(path: "\(folder.path)/v.npz")
    #expect(archive.names == ["outputs"])
    #expect(try archive.array("outputs").shape == [30, 1])
    // Features of a file are standardised as those of the training were.
    let input = try predict("--input", npy([2, 2], [1.0, 7.0, 199.0, 29.0], "x.npy"))
    #expect(input.output.hasPrefix("example,output\n0,"))
  }

  @Test func oneOutputIsTheProbabilityOfYes() throws {
    let count = 80
    let features = (0..<count).map { Float($0 * 37 % 80) - 40 }
    let answers = features.map { $0 > 0 ? Float(1) : 0 }
    folder.write(
      try NPZ.encode([
        ("x", StoredArray(shape: [count, 1], features)), ("y", StoredArray(shape: [count, 1], answers)),
      ]), to: "yes.npz")
    try train("\(folder.path)/yes.npz", "--loss", "binary-cross-entropy", "--lr", "0.1")
    let run = try predict("--input", npy([2, 1], [Float(-39), 39], "x.npy"))
    let outputs = run.output.split(separator: "\n").dropFirst().compactMap { Double($0.split(separator: ",")[1]) }
    #expect(outputs.count == 2 && outputs[0] < 0.3 && outputs[1] > 0.7, "\(run.output)")
  }

  /// Pictures of bytes are divided by 255, as those of the training were.
  @Test func bytesAreTreatedAsInTraining() throws {
    let count = 60
    let pictures = (0..<count * 4).map { UInt8($0 * 53 % 256) }
    let labels = (0..<count).map { Int64($0 % 2) }
    folder.write(
      try NPZ.encode([
        ("x", StoredArray(shape: [count, 2, 2], pictures)), ("y", StoredArray(shape: [count], labels)),
      ]), to: "pictures.npz")
    try train("\(folder.path)/pictures.npz")
    let some = Array(pictures.prefix(12))
    let bytes = try predict("--input", npy([3, 2, 2], some, "bytes.npy"))
    #expect(bytes.status == 0)
    #expect(try predict("--input", npy([3, 4], some.map { Float($0) / 255 }, "floats.npy")).output == bytes.output)
    #expect(try predict("--input", npy([3, 4], some.map { Float($0) }, "other.npy")).output != bytes.output)
  }

  @Test func inputThatDoesNotFitIsRefused() throws {
    try train("dots")
    let cases: [(String, String)] = [
      (try npy([2], [Float(1), 2], "one.npy"), "the array has the shape [2], and the network takes examples of [2]"),
      (try npy([2, 3], [Float](repeating: 0, count: 6), "wide.npy"), "give an array [examples, 2]"),
      (try npy([], [Float(1)], "scalar.npy"), "the array has the shape []"),
      (try npy([0, 2], [Float](), "none.npy"), "the array has the shape [0, 2]"),
      (
        try npy([2, 2], [1, 2, .nan, 4] as [Float], "nan.npy"), "feature 0 of example 1 is nan; replace it by a number"
      ),
      (try npy([1, 2], [1, 1e300], "large.npy"), "feature 1 of example 0 is inf"),
      (folder.write("hello", to: "text.npy"), "this is no NPY file"), ("/nowhere.npy", "cannot be read"),
    ]
    for (path, message) in cases {
      let run = try predict("--input", path)
      #expect(run.status == 65 && run.output.isEmpty && run.notes.contains(message), "\(run.notes)")
    }
    let whole = try npy([1, 2], [Int32(3), -1], "whole.npy")
    #expect(try predict("--input", whole).status == 0)
    let both = try predict("--input", whole, "--part", "train")
    #expect(both.status == 64 && both.notes.contains("--input takes the place of the run's data"))
    let elsewhere = try predict("--input", whole, "--data-dir", folder.path)
    #expect(elsewhere.status == 64 && elsewhere.notes.contains("of which --data-dir is the folder; give one of them"))
    for name in ["p.txt", "csv", "a.csv/p", ".csv"] {
      let ending = try predict("--output", name)
      #expect(ending.status == 64 && ending.notes.contains("--output takes a .csv, .npy or .npz file, not '\(name)'"))
    }
    #expect(try predict("--output", "\(folder.path)/P.CSV").status == 0)
    #expect(folder.read("P.CSV") == Array(try predict().output.utf8))
    #expect(try predict("--output", "/nowhere/p.csv").status == 1)
  }
}
