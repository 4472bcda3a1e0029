import BatchTestSupport
import Foundation
import Testing

/// `batchwise recommend`, `verify` and `study steps-to-goal` as a user runs them.
@Suite struct RecommendCommandTests {
  private let folder = TemporaryFolder()

  private static let task = ["--data", "spirals:examples=1000", "--model", "mlp:32,32", "--threads", "1"]

  private func recommend(_ more: [String]) throws -> Tool.Outcome {
    try Tool.run(["recommend"] + Self.task + ["--output", "\(folder.path)/r"] + more)
  }

  private func answer(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func anAnswerIsGivenKeptAndPutToTheTest() throws {
    let goal = ["--goal", "validation-loss:0.3"]
    let first = try recommend(goal + ["--format", "json"])
    try #require(first.status == 0, "\(first.notes)")
    let answer = try answer(first.output)
    try #require(answer["verdict"] as? String == "answer", "\(first.notes)")
    let batch = try #require(answer["update_batch"] as? Int)
    for key in ["micro_batch", "learning_rate", "spent_seconds", "weakest_link", "command"] {
      #expect(answer[key] != nil)
    }
    for key in ["seconds", "steps", "examples", "critical_batch"] {
      let estimate = try #require(answer[key] as? [String: Double])
      #expect(Set(estimate.keys) == ["value", "low", "high"])
    }
    #expect((answer["within_10_percent"] as? [Int])?.count == 2)
    let names = folder.names(in: "r")
    #expect(names.contains("recommendation.json") && names.contains("report.html") && names.contains("results.csv"))

    // The command that it names trains.
    let command = try #require(answer["command"] as? String).split(separator: " ").map(String.init)
    #expect(command.prefix(2) == ["batchwise", "train"] && command.contains("\(batch)"))
    let train = try Tool.run(Array(command.dropFirst()))
    #expect(train.status == 0, "\(train.notes)")

    // Again it is the same, from what is there.
    let again = try recommend(goal + ["--format", "json"])
    #expect(again.output == first.output && again.notes.contains("nothing left to do"))
    let report = try Tool.run("report", "\(folder.path)/r")
    #expect(report.status == 0 && report.output.contains("update batch"))
    let other = try recommend(["--goal", "accuracy:80%"])
    #expect(other.status == 64 && other.notes.contains("target (here validation-loss:0.3, asked for accuracy:0.8)"))

    let verify = try Tool.run("verify", "\(folder.path)/r", "--seeds", "3", "--format", "csv")
    #expect(verify.status == 0 && verify.output.contains("\n\(batch),yes,"), "\(verify.notes)")
    #expect(folder.names(in: "r/verify").contains("report.html"))
    // The updates of two seeds have their interval without the time of a step, too.
    for name in folder.names(in: "r/verify") where name.hasPrefix("step-times-") {
      try FileManager.default.removeItem(atPath: "\(folder.path)/r/verify/\(name)")
    }
    let untimed = try Tool.run("report", "\(folder.path)/r/verify")
    #expect(untimed.notes.contains(#/It took [^\[]* \[[^\]]*\] updates/#), "\(untimed.notes)")
    #expect(!untimed.notes.contains("one run"))
  }

  @Test func severalMachinesAreExtrapolated() throws {
    let asked = ["--goal", "validation-loss:0.3", "--effort", "seconds", "--workers", "1..4:x2"]
    let run = try recommend(asked)
    #expect(run.status == 0 && run.output.contains("speed-up") && run.notes.contains("Extrapolated from this machine"))

    // As JSON it is one document, and one worker is the answer.
    let answer = try answer(recommend(asked + ["--format", "json"]).output)
    let cluster = try #require(answer["cluster"] as? [String: Any])
    #expect((cluster["useful_workers"] as? [String: Double]).map { Set($0.keys) } == ["value", "low", "high"])
    let rows = try #require(cluster["rows"] as? [[String: Any]])
    #expect(rows.map { $0["workers"] as? Int } == [1, 2, 4])
    #expect(rows[0]["batch"] as? Int == answer["update_batch"] as? Int)
    #expect(rows[0]["seconds"] as? [String: Double] == answer["seconds"] as? [String: Double])
    #expect(rows[0]["speed_up"] as? [String: Double] == ["value": 1, "low": 1, "high": 1])
    let alone = try self.answer(recommend(asked.dropLast(2) + ["--format", "json"]).output)
    #expect(alone["cluster"] == nil && alone["finished"] as? Bool == true)

    // CSV has one table, and says which it leaves out.
    let table = try recommend(asked + ["--format", "csv"])
    #expect(table.output.hasPrefix("quantity,value,low,high\n") && !table.output.contains("workers"))
    #expect(table.notes.contains("--format json holds the others, too: cluster"))
  }

  /// What is wrong with the machines is said before anything is trained.
  @Test(arguments: [
    (["--workers", "0"], "--workers takes up to 200 numbers of machines from 1 to 1048576"),
    (["--workers", "9223372036854775808"], "--workers takes"), (["--workers", "full"], "--workers takes"),
    (["--workers", "1..4096"], "--workers takes"), (["--workers", "2000000"], "--workers takes"),
    (["--workers", "1000000"], "--workers asks for 1000000 machines, and at most 700 can share an update"),
    (["--workers", "2", "--bandwidth", "nan"], "--bandwidth is in GB a second, above 0 and at most 1000000, not nan"),
    (["--bandwidth", "0"], "--bandwidth is in GB a second"), (["--bandwidth", "-1"], "not -1.0"),
    (["--latency", "-1"], "--latency is in microseconds, from 0 to 1000000, not -1.0"),
    (["--latency", "inf"], "--latency is in microseconds"),
  ])
  func machinesThatCannotBeAreNamed(_ more: [String], _ message: String) throws {
    let run = try recommend(["--goal", "validation-loss:0.3"] + more)
    #expect(run.status == 64 && run.notes.contains(message) && folder.names().isEmpty, "\(run.notes)")
  }

  @Test func withoutAnAnswerThereIsNothingToExtend() throws {
    let run = try recommend(["--goal", "validation-loss:0.0001", "--epochs", "1", "--workers", "2"])
    #expect(run.status == 0 && !run.output.contains("speed-up"))
    #expect(run.notes.contains("There is no answer that could be extended to several machines"), "\(run.notes)")
  }

  /// The rate that was given is named where it is to blame.
  @Test(arguments: ["1e-9", "1e4"])
  func aRateAtWhichNothingIsLearntIsTheReason(_ rate: String) throws {
    let run = try recommend(["--goal", "validation-loss:0.3", "--epochs", "5", "--lr", rate])
    #expect(run.status == 0 && run.output.contains("not enough evidence"))
    #expect(run.notes.contains("leave the learning rate to the search") && !run.notes.contains("more effort"))
  }

  /// More effort goes on in the folder; what is not finished, or in use, is said so and is not put to the test.
  @Test func moreEffortGoesOnAndWhatIsNotFinishedIsSaidSo() throws {
    let goal = ["--goal", "validation-loss:0.3"]
    #expect(try recommend(goal + ["--effort", "seconds"]).status == 0)
    let more = try recommend(goal + ["--effort", "minutes"])
    #expect(more.status == 0 && more.notes.contains("effort (here seconds, asked for minutes)"), "\(more.notes)")
    #expect(more.notes.contains("Resuming: "))
    #expect(try Tool.run("report", "\(folder.path)/r").notes.contains("not finished") == false)

    // The runs that came last are missing: short of others they are due again.
    let runs = folder.names(in: "r/trials").filter { !$0.hasPrefix("range") }
    for name in runs { try FileManager.default.removeItem(atPath: "\(folder.path)/r/trials/\(name)") }
    let lock = open("\(folder.path)/r/.lock", O_RDWR)
    try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
    let report = try Tool.run("report", "\(folder.path)/r")
    #expect(report.status == 0 && report.output.contains("finished"))
    #expect(report.notes.contains("The study is not finished: more runs follow on the"), "\(report.notes)")
    #expect(report.notes.contains("is in use by another process"))
    let busy = try Tool.run("verify", "\(folder.path)/r")
    #expect(busy.status == 64 && busy.notes.contains("not finished") && busy.notes.contains("another process is at it"))
    close(lock)
    let verify = try Tool.run("verify", "\(folder.path)/r")
    #expect(verify.status == 64 && verify.notes.contains("holds a recommendation that is not finished, with"))
    #expect(!verify.notes.contains("another process") && !folder.names(in: "r").contains("verify"))
  }

  @Test func aDryRunWritesNothing() throws {
    let run = try recommend(["--budget", "60s", "--dry-run"])
    #expect(run.status == 0 && run.output.contains("60s") && folder.names().isEmpty)
  }

  @Test(arguments: [
    ([], "recommend takes either a --goal, such as accuracy:95%, or a --budget"),
    (["--goal", "accuracy:95%", "--budget", "60s"], "recommend takes either"),
    (["--goal", "60s"], "'60s' is no goal"),
    (["--budget", "accuracy:95%"], "what is to be reached is a --goal"),
    (["--goal", "speed:1"], "'speed:1' is no goal"), (["--goal", "accuracy:200%"], "cannot be reached"),
    (["--budget", "soon"], "'soon' is no budget"), (["--goal", "validation-loss:99"], "met before the first update"),
    (["--goal", "accuracy:90%", "--batch", "8,100000"], "a batch cannot have more of them"),
    (["--goal", "accuracy:90%", "--memory", "0"], "--memory must be at least 1"),
  ])
  func whatMakesNoSenseIsNamed(_ more: [String], _ message: String) throws {
    let run = try recommend(more)
    #expect(run.status == 64 && run.notes.contains(message), "\(run.notes)")
  }

  @Test func aFolderWithoutARecommendationIsRefused() throws {
    let nothing = try Tool.run("verify", folder.path)
    #expect(nothing.status == 65 && nothing.notes.contains("holds no study"))
    #expect(
      try Tool.run(
        ["study", "sweep", "--output", "\(folder.path)/s", "--epochs", "1", "--seeds", "1", "--batch", "64"]
          + Self.task
      ).status == 0)
    let sweep = try Tool.run("verify", "\(folder.path)/s")
    #expect(sweep.status == 65 && sweep.notes.contains("holds a sweep, not a recommendation"))
  }

  @Test func stepsToAGoalAreMeasured() throws {
    let arguments =
      [
        "study", "steps-to-goal", "--goal", "validation-loss:0.3", "--batch", "16,64,256", "--lr", "0.3", "--seeds",
        "2",
      ]
      + Self.task + ["--output", "\(folder.path)/g"]
    let run = try Tool.run(arguments + ["--format", "csv"])
    #expect(run.status == 0, "\(run.notes)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[0].hasPrefix("batch_size,learning_rate,") && lines[3].hasPrefix("256,"))
    let dry = try Tool.run(arguments + ["--dry-run"])
    #expect(dry.status == 0)
    let bad = try Tool.run(arguments + ["--search-momentum", "0.9..1"])
    #expect(bad.status == 64 && bad.notes.contains("--search-momentum takes a range"))
  }
}
