import BatchAlgebra
import BatchFormats
import BatchFoundation
import BatchTestSupport
import Foundation
import Testing

@testable import BatchScience

/// Files of a sweep that cannot be what a sweep has written: each is refused by name before anything is computed.
@Suite struct TrainingFaultsTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/s" }

  private func trained() throws { _ = try SweepFixture.trained(in: path, batches: [8, 32], seeds: [1, 2]) }

  private func message() throws -> String {
    try #require(#expect(throws: StudyError.self) { try StudyResults<SweepPlan>(folder: path) }).description
  }

  /// The third line of batch 8, seed 1 is its evaluation after update 8, the last but one that after epoch 4.
  static let damages: [(from: String, to: String, message: String)] = [
    (#""seconds":[-e.0-9]+"#, #""seconds":1e300"#, "line 3: 'seconds' is 1e+300"),
    (#""epoch":[-e.0-9]+"#, #""epoch":1e300"#, "line 3: 'epoch' is 1e+300, and the run has 4"),
    (#""epoch":[-e.0-9]+"#, #""epoch":-1"#, "line 3: 'epoch' is -1.0"),
    (#""update":8"#, #""update":0"#, "line 3: it is not later than the evaluation before it"),
    (#""update":8"#, #""update":7"#, "the evaluation after update 8 is missing"),
    (#""validationAccuracy":[.0-9]+"#, #""validationAccuracy":1.5"#, "line 3: it has an accuracy that is no share"),
    (#","validationAccuracy":[.0-9]+"#, "", "line 3: it has an accuracy where others have none"),
  ]

  @Test(arguments: damages.indices)
  func anEvaluationThatCannotBeIsNamed(_ index: Int) throws {
    let (from, to, message) = Self.damages[index]
    try trained()
    let file = "s/trials/b8-s1.jsonl"
    var lines = String(decoding: try #require(folder.read(file)), as: UTF8.self).split(separator: "\n").map(String.init)
    lines[2] = lines[2].replacing(try Regex(from), with: to)
    folder.write(lines.joined(separator: "\n") + "\n", to: file)
    let text = try self.message()
    #expect(text.hasPrefix("\(folder.path)/\(file)") && text.contains(message), "\(text)")
  }

  @Test func anEvaluationThatIsMissingIsNamed() throws {
    try trained()
    let file = "s/trials/b8-s1.jsonl"
    let lines = String(decoding: try #require(folder.read(file)), as: UTF8.self).split(separator: "\n")
    folder.write((lines.dropLast(2) + lines.suffix(1)).joined(separator: "\n"), to: file)
    #expect(try message().contains("b8-s1.jsonl: its last evaluation is of epoch 3."))
    let first = lines.prefix(1) + lines.dropFirst(2)
    folder.write(first.joined(separator: "\n"), to: file)
    #expect(try message().contains("b8-s1.jsonl, line 2: a run is evaluated before its first update"))
  }

  /// Written anew with the fingerprint that a study's files name, as a program that is wrong would do it.
  private func replace(_ array: Matrix<Float>, _ name: String, in file: String) throws {
    let bytes = NPY.encode(array)
    folder.write(bytes, to: "s/\(name).npy")
    let text = String(decoding: try #require(folder.read(file)), as: UTF8.self)
    let key = name.contains("predictions") ? "predictions" : "test-targets"
    folder.write(
      text.replacing(try Regex("\"\(key)\" ?: ?\"[0-9a-f]{16}\""), with: "\"\(key)\":\"\(Fingerprint.of(bytes))\""),
      to: file)
  }

  @Test func predictionsOfAnotherLengthAreNamed() throws {
    try trained()
    try replace(Matrix(rows: 3, columns: 2), "trials/b8-s1-predictions", in: "s/trials/b8-s1.jsonl")
    #expect(try message().contains("b8-s1.jsonl: it has predictions for 3 examples, and the test part has 60"))
    try replace(Matrix(rows: 60, columns: 3), "trials/b8-s1-predictions", in: "s/trials/b8-s1.jsonl")
    #expect(try message().contains("test-targets.npy: the trials predict [2, 3] outputs, and not the same"))
  }

  @Test(arguments: [Float.nan, 2, -1, 0.5, .infinity])
  func targetsThatAreNoClassesAreNamed(_ label: Float) throws {
    try trained()
    let labels = [Float](repeating: 0, count: 59) + [label]
    try replace(Matrix(rows: 60, columns: 1, labels), "test-targets", in: "s/study.json")
    #expect(try message().contains("test-targets.npy: it has something else than the numbers of 2 classes"))
    try replace(Matrix(rows: 59, columns: 1), "test-targets", in: "s/study.json")
    #expect(try message().contains("test-targets.npy: it has targets of 59 examples, and the test part has 60"))
  }

  /// A seed that is there twice would count twice in every mean.
  @Test func aSeedThatIsThereTwiceIsNamed() throws {
    try trained()
    let text = String(decoding: try #require(folder.read("s/study.json")), as: UTF8.self)
    folder.write(text.replacing(#/"seeds" : \[\s*1,/#, with: "\"seeds\" : [1, 1,"), to: "s/study.json")
    #expect(try message().contains("study.json: the trial b8-s1 is there twice"))
  }

  /// The targets of another study do not stay beside a plan that is not theirs.
  @Test func targetsOfAnotherStudyAreNotTaken() throws {
    try trained()
    let whole = try #require(folder.read("s/test-targets.npy"))
    folder.write(NPY.encode(try Matrix<Float>(rows: 60, columns: 1)), to: "s/test-targets.npy")
    #expect(try message().contains("test-targets.npy: it is not the file that was written"))
    try trained()
    #expect(folder.read("s/test-targets.npy") == whole)
  }
}
