import BatchTestSupport
import Foundation
import Testing

/// Files of one's own, from the option to the network that was trained on them.
@Suite struct OwnDataTests {
  private let folder = TemporaryFolder()
  private let small = ["--model", "mlp:4", "--epochs", "1", "--batch", "8", "--threads", "1"]

  /// Whole numbers 1 … 26 in column 0, and a header of numbers.
  private func letters() -> String {
    let rows = (0..<104).map { "\($0 % 26 + 1);\(Double($0) / 4);\(Double($0 % 5) + 0.5)\n" }
    return folder.write("0;1;2\n" + rows.joined(), to: "letters.csv")
  }

  @Test func everyCommandWithDataTakesHeaderSeparatorAndTask() throws {
    let data = ["--data", letters(), "--label", "0"]
    let settings = ["--header", "yes", "--separator", "semicolon", "--task", "classes"]
    let commands = [
      ["data", "inspect"], ["train"] + small, ["profile", "--dry-run", "--model", "mlp:4", "--batch", "8"],
      ["study", "sweep", "--dry-run", "--model", "mlp:4", "--batch", "8", "--epochs", "1"],
      ["study", "rules", "--dry-run", "--model", "mlp:4", "--batch", "8,16", "--epochs", "1", "--base-batch", "8"],
    ]
    for command in commands {
      let run = try Tool.run(command + data + settings)
      #expect(run.status == 0 && run.notes.contains("Column '0' holds 26 classes, as numbers."), "\(run.notes)")
      #expect(!run.notes.contains("Line 1"))
      let silent = try Tool.run(command + data + settings + ["--quiet"])
      #expect(silent.status == 0 && silent.notes.isEmpty, "\(silent.notes)")
    }
    let found = try Tool.run(["data", "inspect"] + data)
    #expect(found.notes.contains("Line 1 (0, 1, 2) is taken for the names of the columns. (--header)"))
    #expect(found.notes.contains("which are values to predict and no classes. (--task)"))
    let wrong = try Tool.run(["data", "inspect"] + data + ["--separator", "comma"])
    #expect(wrong.status == 65 && wrong.notes.contains("or name another separator (--separator)"), "\(wrong.notes)")
    let kind = try Tool.run(["data", "inspect"] + data + ["--separator", "pipe"])
    #expect(kind.status == 64 && kind.notes.contains("semicolon"), "\(kind.notes)")
    let other = try Tool.run("data", "inspect", "--data", "dots", "--header", "no")
    #expect(other.status == 64 && other.notes.contains("is no table, and 'header no' says how one is read"))
  }

  /// A checkpoint knows how its data were read.
  @Test func aNetworkIsEvaluatedOnWhatItWasTrainedOn() throws {
    let run = "\(folder.path)/run"
    let options = ["--data", letters(), "--label", "0", "--header", "yes", "--task", "classes", "--output", run]
    #expect(try Tool.run(["train"] + small + options).status == 0)
    let config = String(decoding: folder.read("run/config.json") ?? [], as: UTF8.self)
    #expect(config.contains("\"header\": \"yes\",\n  \"separator\": \"auto\",\n  \"task\": \"classes\",\n"))
    for command in ["evaluate", "predict"] {
      let outcome = try Tool.run(command, run)
      #expect(outcome.status == 0, "\(outcome.notes)")
    }
    #expect(try Tool.run("evaluate", run, "--format", "csv").output.split(separator: "\n").count == 28)
    let again = try Tool.run("train", "--config", "\(run)/config.json", "--resume", "--epochs", "2")
    #expect(again.status == 0 && again.notes.contains("Resumed after update"), "\(again.notes)")
  }

  @Test func columnsOfLargeNumbersAreLearntAsSmallOnes() throws {
    func lastLine(_ shift: Int) throws -> String {
      let rows = (0..<200).map { "\(shift + $0),\(Double($0 * 37 % 101) / 50),\($0 < 100 ? "early" : "late")\n" }
      let data = folder.write("time,b,label\n" + rows.joined(), to: "time.csv")
      let run = try Tool.run(
        "train", "--data", data, "--model", "mlp:16", "--epochs", "60", "--batch", "16", "--lr", "0.05", "--threads",
        "1")
      return try #require(run.notes.split(separator: "\n").last { $0.hasPrefix("Test part") }.map(String.init))
    }
    let accuracy = try lastLine(0).prefix { $0 != "%" }
    #expect(try lastLine(1_600_000_000).prefix { $0 != "%" } == accuracy)
    #expect(accuracy.contains("accuracy 100.0"), "\(accuracy)")
  }
}
