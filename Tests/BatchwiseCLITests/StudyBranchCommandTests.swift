import BatchTestSupport
import Foundation
import Testing

/// `batchwise study branch` as a user runs it.
@Suite struct StudyBranchCommandTests {
  private let folder = TemporaryFolder()

  private func arguments(_ more: String...) -> [String] {
    [
      "study", "branch", "--data", "dots", "--model", "mlp:8", "--batch", "4", "--multiples", "1..8:x2", "--at",
      "0.1,0.4", "--seeds", "2", "--epochs", "4", "--lr", "0.02", "--output", "\(folder.path)/b",
    ] + more
  }

  @Test func aStudyIsTrainedOnceAndReported() throws {
    let first = try Tool.run(arguments())
    try #require(first.status == 0, "\(first.notes)")
    #expect(
      first.notes.contains("Training 2 trials into") && first.notes.contains("[2/2] batch 4, seed 2: 8 branches"))
    #expect(first.notes.contains("by the progress of branches the critical batch"))
    #expect(folder.names(in: "b/trials") == ["b4-s1.jsonl", "b4-s2.jsonl"])
    let rows = String(decoding: try #require(folder.read("b/results.csv")), as: UTF8.self).split(separator: "\n")
    #expect(
      rows.count == 1 + 2 * 2 * 4 && rows[0].hasPrefix("seed,epoch,update,multiple,batch_size,rule,learning_rate,loss")
    )
    let again = try Tool.run(arguments())
    #expect(again.status == 0 && again.output == first.output && again.notes.contains("nothing left to do"))
    #expect(try Tool.run("report", "\(folder.path)/b").output == first.output)
    let other = try Tool.run(arguments("--tolerance", "0.02"))
    #expect(other.status == 64 && other.notes.contains("tolerance (here 0.01, asked for 0.02)"))
  }

  @Test func aDryRunPrintsTheCostAndWritesNothing() throws {
    let run = try Tool.run(arguments("--dry-run", "--format", "csv"))
    #expect(run.status == 0 && run.output.split(separator: "\n").count == 3, "\(run.notes)")
    #expect(folder.names().isEmpty)
  }

  @Test(arguments: [
    (["--at", "0.5,2"], "--at takes shares of the run above 0"), (["--tolerance", "2"], "--tolerance is a share"),
    (["--evaluate", "0"], "--evaluate must be at least 1"), (["--rules", "cubic"], "'cubic' is no rule"),
    (["--length", "soon"], "it is not a length of training"), (["--multiples", "2,4"], "the first is 1"),
    (["--batch", "4,8"], "one batch size, not of 2"), (["--last-batch", "drop"], "short last batches are kept"),
    (["--length", "90%"], "go beyond the end of the run"), (["--multiples", "1,4096"], "more than the training part"),
    (["--averaging", "ema:0.9"], "leave averaging and early stopping out"),
    (["--rules", "adam-sqrt"], "needs an optimizer with moments"),
    (["--rules", "legw"], "LEGW scales a warm-up, and branches have none"),
    (["--rules", "cubic"], "--rules takes none, linear, sqrt, adam-sqrt or saturating:BATCH, and 'cubic' is no rule"),
    (
      ["--length", "2%"],
      "need 16; give them at least 512, or leave multiples above 1 out (--length, --multiples, --at)"
    ),
  ])
  func whatMakesNoSenseIsNamed(_ more: [String], _ message: String) throws {
    let run = try Tool.run(arguments() + more)
    #expect(run.status == 64 && run.notes.contains(message) && folder.names().isEmpty, "\(run.notes)")
  }
}
