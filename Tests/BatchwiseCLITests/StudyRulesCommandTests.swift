import BatchTestSupport
import Foundation
import Testing

/// `batchwise study rules` as a user runs it.
@Suite struct StudyRulesCommandTests {
  private let folder = TemporaryFolder()

  private func arguments(_ more: String...) -> [String] {
    [
      "study", "rules", "--data", "dots", "--model", "mlp:8", "--base-batch", "8", "--batch", "8,64", "--seeds", "2",
      "--epochs", "2", "--lr", "0.02", "--output", "\(folder.path)/r",
    ] + more
  }

  @Test func aStudyIsTrainedOnceAndReported() throws {
    let first = try Tool.run(arguments())
    #expect(first.status == 0 && first.notes.contains("Training 16 trials into"))
    #expect(first.notes.contains("[16/16] sqrt, warm-up: batch 64, seed 2: on the test part accuracy"))
    #expect(first.output.contains("linear, warm-up") && first.output.contains("rate, sqrt"))
    #expect(
      folder.names(in: "r").filter { !$0.hasSuffix(".lock") && !$0.hasPrefix("step-times-") } == [
        "report.html", "results.csv", "study.json", "test-targets.npy", "trials",
      ])
    #expect(folder.names(in: "r").count { $0.hasPrefix("step-times-") } == 1)
    let again = try Tool.run(arguments())
    #expect(again.status == 0 && again.notes.contains("All 16 trials are done; nothing left to do."))
    #expect(again.output == first.output)

    let report = try Tool.run("report", "\(folder.path)/r", "--charts")
    #expect(
      report.status == 0 && report.output == first.output && report.notes.contains("Report: \(folder.path)/r/report"))
    #expect(folder.names(in: "r").contains("chart-1.svg"))
    let other = try Tool.run(arguments("--rules", "linear"))
    #expect(other.status == 64 && other.notes.contains("rules (here none,linear,sqrt, asked for none,linear)"))
    let inside = try Tool.run(
      "study", "sweep", "--data", "dots", "--model", "mlp:8", "--output", "\(folder.path)/r")
    #expect(inside.status == 64 && inside.notes.contains("holds a study of rules, beside which a sweep cannot be kept"))
    #expect(folder.read("r/study.json").map { String(decoding: $0, as: UTF8.self).contains(#""rules""#) } == true)
  }

  @Test func aDryRunPrintsTheCostAndWritesNothing() throws {
    let run = try Tool.run(arguments("--dry-run", "--format", "csv", "--warm-up", "none"))
    let lines = run.output.split(separator: "\n")
    #expect(run.status == 0 && lines.count == 4)
    #expect(lines[1].hasPrefix("8,2,") && lines[2].hasPrefix("64,6,") && lines[3].hasPrefix("all,8,"))
    #expect(folder.names().isEmpty)
  }

  @Test(arguments: [
    (["--rules", "cubic"], "'cubic' is no rule"), (["--warm-up", "soon"], "it is not a length of training"),
    (["--rules", "legw", "--warm-up", "none"], "LEGW scales the warm-up of the base batch; give one"),
    (["--rules", "adam-sqrt"], "needs an optimizer with moments"), (["--base-batch", "0"], "--base-batch must be"),
    (["--batch", "8"], "rules differ at other batch sizes"),
  ])
  func whatMakesNoSenseIsNamed(_ more: [String], _ message: String) throws {
    let run = try Tool.run(arguments() + more)
    #expect(run.status == 64 && run.notes.contains(message) && folder.names().isEmpty)
  }

  /// Killed while trials are finished and others are not, a study loses none and ends with the same numbers.
  @Test(.enabled(if: !_isDebugAssertConfiguration())) func killsLoseNoFinishedTrial() throws {
    let more = ["--data", "dots:examples=20000", "--epochs", "4"]
    let undisturbed = TemporaryFolder()
    #expect(try Tool.run(arguments() + more + ["--output", "\(undisturbed.path)/r"]).status == 0)
    let total = trials(undisturbed).count
    var finished: Set<String> = []
    var kills = 0
    while kills < 5 {
      let process = try Tool.start(arguments() + more)
      while trials(folder).count == finished.count, process.isRunning { usleep(500) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let after = trials(folder)
      #expect(finished.isSubset(of: after) && after.count > finished.count)
      finished = after
      guard finished.count < total else { break }
      kills += 1
    }
    // Were it none, the study would have been through before the first kill, and this would have tested nothing.
    #expect(total == 16 && kills > 0)
    #expect(try Tool.run(arguments() + more).status == 0)
    #expect(try outcomes(folder) == outcomes(undisturbed) && outcomes(folder).count == 17)
  }

  private func trials(_ folder: TemporaryFolder) -> Set<String> {
    Set(folder.names(in: "r/trials").filter { $0.hasSuffix(".jsonl") })
  }

  /// The rows of `results.csv` without the seconds.
  private func outcomes(_ folder: TemporaryFolder) throws -> [[Substring]] {
    String(decoding: try #require(folder.read("r/results.csv")), as: UTF8.self).split(separator: "\n").map { row in
      row.split(separator: ",", omittingEmptySubsequences: false).enumerated().filter { !(8...11).contains($0.offset) }
        .map(\.element)
    }
  }
}
