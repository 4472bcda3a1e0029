import BatchFormats
import BatchTestSupport
import Foundation
import Testing

/// What programs read: one JSON document, or one table of comma-separated values, whatever the command.
@Suite struct DocumentTests {
  private let folder = TemporaryFolder()

  private static let small = ["--data", "dots", "--model", "mlp:4", "--threads", "1"]
  private static let training = small + ["--epochs", "1"]
  private static let trials = training + ["--batch", "32,64", "--seeds", "1"]

  /// Commands that print a result; `RUN`, `STUDY` and `PROFILE` stand for folders that hold one.
  static let commands: [[String]] = [
    ["doctor"], ["doctor", "--plan", "8x8", "--batch", "1..8"], ["doctor", "--ceilings", "--threads", "1"],
    ["data", "list"], ["data", "inspect", "--data", "dots"], ["data", "inspect", "--data", "VALUES"],
    ["gemm", "--dry-run"], ["gemm", "--layer", "8x8", "--batch", "1,2", "--seconds", "0"],
    ["profile", "--dry-run", "--batch", "1,2"] + small, ["profile", "--batch", "1,2", "--seconds", "0"] + small,
    ["compare", "PROFILE", "PROFILE"], ["report", "PROFILE"], ["train"] + training,
    ["train", "--profile-step"] + training, ["train", "--show-schedule"] + training,
    ["train", "--output", "NEW"] + training, ["evaluate", "RUN"], ["evaluate", "OFVALUES"],
    ["study", "sweep", "--dry-run"] + trials, ["study", "sweep", "--output", "STUDY"] + trials,
    ["study", "rules", "--dry-run", "--base-batch", "32"] + trials, ["report", "STUDY"],
    ["train", "--observe", "noise-scale,norms"] + training, ["gradient", "RUN", "--probes", "9"],
    ["gradient", "RUN", "--probes", "9", "--exact", "--curvature", "--curvature-examples", "50"],
    ["study", "noise-scale", "--dry-run"] + trials, ["study", "noise-scale", "--output", "NEW"] + trials,
    ["study", "steps-to-goal", "--goal", "training-loss:0.3", "--output", "NEW", "--seeds", "1", "--batch", "32"]
      + small,
    ["recommend", "--goal", "training-loss:0.3", "--effort", "seconds", "--output", "NEW"] + small,
    ["recommend", "--goal", "training-loss:0.3", "--dry-run"] + small,
    ["study", "branch", "--output", "NEW", "--batch", "4"] + training,
  ]

  @Test func everyResultIsOneDocument() throws {
    let path = folder.path
    let values = folder.write("a,y\n" + (0..<60).map { "\($0),\(Double($0) * 0.37)\n" }.joined(), to: "v.csv")
    #expect(try Tool.run(["train", "--output", "\(path)/run"] + Self.training).status == 0)
    #expect(
      try Tool.run(
        "train", "--output", "\(path)/values", "--data", values, "--model", "mlp:4", "--epochs", "1", "--batch", "8"
      )
      .status == 0)
    #expect(try Tool.run(["study", "sweep", "--output", "\(path)/study"] + Self.trials).status == 0)
    #expect(
      try Tool.run("gemm", "--layer", "8x8", "--batch", "1,2", "--seconds", "0", "--output", "\(path)/profile").status
        == 0)
    for (index, command) in Self.commands.enumerated() {
      for format in ["json", "csv"] {
        let places = [
          "RUN": "\(path)/run", "STUDY": "\(path)/study", "PROFILE": "\(path)/profile", "VALUES": values,
          "OFVALUES": "\(path)/values", "NEW": "\(path)/new-\(index)-\(format)",
        ]
        let line = command.map { places[$0] ?? $0 } + ["--format", format]
        let run = try Tool.run(line)
        // A machine without all libraries is a finding of the doctor.
        #expect(run.status == 0 || command == ["doctor"], "\(line): \(run.notes)")
        if format == "json" {
          let document = try? JSONSerialization.jsonObject(with: Data(run.output.utf8))
          let isTables = document is [[String: Any]] || document is [String: [[String: Any]]]
          #expect(isTables || (command[0] == "recommend" && document is [String: Any]), "\(line): \(run.output)")
        } else {
          try expectTable(run.output, line)
        }
      }
    }
  }

  private func expectTable(_ text: String, _ line: [String]) throws {
    let records = try CSVRecords(Array(text.utf8), path: "output", separator: UInt8(ascii: ","))
    #expect(records.count >= 1 && !text.contains("\n\n"), "\(line): \(text)")
    let columns = records.fieldCount(0)
    #expect((0..<records.count).allSatisfy { records.fieldCount($0) == columns }, "\(line): \(text)")
    // A second header would be a second table.
    let header = (0..<columns).map { records.string(0, $0) }
    #expect(Set(header).count == columns)
  }

  @Test func severalTablesAreOneObject() throws {
    let run = try Tool.run("data", "inspect", "--data", "dots", "--format", "json", "--quiet")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: [[String: Any]]])
    #expect(object.keys.sorted() == ["classes", "parts"] && object["parts"]?.count == 3)
    #expect(object["classes"]?.map { $0["class"] as? String } == ["red", "blue"])
    let csv = try Tool.run("data", "inspect", "--data", "dots", "--format", "csv")
    #expect(csv.notes.contains("CSV holds one table; --format json holds the others, too: classes."))
    let sheet = try Tool.run("data", "inspect", "--sheet", "--format", "json")
    #expect(sheet.status == 64 && sheet.notes.contains("--sheet draws for people"))
  }
}
