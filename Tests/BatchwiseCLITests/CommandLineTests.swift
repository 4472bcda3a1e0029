import BatchTestSupport
import Testing

/// What is asked for on the command line and in files of options, before anything is done.
@Suite struct CommandLineTests {
  private let folder = TemporaryFolder()

  @Test func aConfigurationWithAByteOrderMarkIsRead() throws {
    let text = #"{"command": "train", "data": "dots", "model": "mlp:4", "epochs": 1, "quiet": true}"#
    let path = folder.write([0xEF, 0xBB, 0xBF] + Array(text.utf8), to: "c.json")
    let run = try Tool.run("train", "--config", path)
    #expect(run.status == 0 && run.notes.isEmpty && !run.output.isEmpty, "\(run.notes)")
  }

  /// The number is at fault, and not that there is none.
  @Test(arguments: [
    (["--lr", "-1"], "the learning rate must be a positive number, not -1.0"),
    (["--lr", "-.5"], "the learning rate must be a positive number, not -0.5"),
    (["--lr", "-1e-3"], "the learning rate must be a positive number, not -0.001"),
    (["--epochs", "-1"], "training needs at least 1 epoch, not -1"),
    (["--batch", "-8"], "batch sizes '-8'"), (["--seed", "-1"], "The value '-1' is invalid for '--seed <number>'"),
    (["--threads", "-2"], "a thread count must lie between 1 and 1024, not be -2"),
    (["--lr", "--batch", "8"], "Missing value for '--lr <number>'"),
  ])
  func aNegativeNumberIsAValue(_ options: [String], _ message: String) throws {
    let run = try Tool.run(["train", "--data", "dots"] + options)
    #expect(run.status == 64 && run.notes.contains(message), "\(run.notes)")
  }

  @Test func aTuningThatCannotBeKeptIsNotMeasured() throws {
    let file = folder.write("", to: "file")
    for cache in ["/proc", file] {
      let run = try Tool.run(["doctor", "--tune"], environment: ["XDG_CACHE_HOME": cache])
      #expect(run.status == 1 && run.output.isEmpty && !run.notes.contains("Measuring"), "\(run.notes)")
    }
  }
}
