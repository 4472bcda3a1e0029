import BatchAlgebra
import BatchTestSupport
import Foundation
import Testing

/// Runs that are stopped, killed or made longer, and resumed to the bits of a run that was left alone.
///
/// Slow without optimisation.
@Suite(.enabled(if: !_isDebugAssertConfiguration())) struct ResumeTests {
  private let folder = TemporaryFolder()

  private func arguments(_ name: String, epochs: Int = 4, _ more: String...) -> [String] {
    [
      "train", "--data", "dots:examples=4000", "--model", "mlp:32:relu:dropout=0.1", "--batch", "8", "--epochs",
      "\(epochs)", "--optimizer", "adam", "--schedule", "cosine", "--warm-up", "10%", "--averaging", "ema:0.99",
      "--clip",
      "norm:1", "--threads", "2", "--output", "\(folder.path)/\(name)",
    ] + more
  }

  /// The numbers of the metrics but the seconds.
  private func metrics(_ name: String) -> [[Substring]] {
    String(decoding: folder.read("\(name)/metrics.csv") ?? [], as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).enumerated().filter { $0.offset != 2 }.map(\.element)
    }
  }

  private func expectSame(_ name: String, _ other: String) {
    #expect(folder.read("\(name)/weights.safetensors") != nil)
    #expect(folder.read("\(name)/weights.safetensors") == folder.read("\(other)/weights.safetensors"))
    #expect(metrics(name) == metrics(other) && metrics(name).count > 4)
    #expect(folder.names(in: "\(name)/checkpoints").last == folder.names(in: "\(other)/checkpoints").last)
  }

  @Test func killsAtAnyMomentChangeNoBit() throws {
    let begin = Date()
    #expect(try Tool.run(arguments("whole")).status == 0)
    let duration = Date().timeIntervalSince(begin)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<10 {
      let process = try Tool.start(arguments("killed", "--resume", "--checkpoint-minutes", "0.0005"))
      Thread.sleep(forTimeInterval: Double.random(in: 0...duration / 2, using: &random))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let last = try Tool.run(arguments("killed", "--resume", "--checkpoint-minutes", "0.0005"))
    #expect(last.status == 0, "\(last.notes)")
    expectSame("killed", "whole")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aStopSavesAndTheSameCommandGoesOn(_ signal: Int32) throws {
    // Far too long to be finished between the first checkpoint and the signal.
    let epochs = 100
    #expect(try Tool.run(arguments("whole", epochs: epochs)).status == 0)
    let notes = Pipe()
    let process = try Tool.start(arguments("stopped", epochs: epochs), notes: notes)
    while !folder.names(in: "stopped/checkpoints").contains(where: { $0.hasPrefix("update-") }), process.isRunning {
      usleep(2000)
    }
    kill(process.processIdentifier, signal)
    let text = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(text.contains("and saved; the same command with --resume continues from here."))
    #expect(!folder.names(in: "stopped").contains("weights.safetensors"))
    let resumed = try Tool.run(arguments("stopped", epochs: epochs, "--resume"))
    #expect(resumed.status == 0 && resumed.notes.contains("Resumed after update "))
    #expect(folder.read("stopped/weights.safetensors") == folder.read("whole/weights.safetensors"))
  }

  /// Tuned, killed, tuned again and killed again, a run ends with the bits of one that was left alone: it goes on with the
  /// thresholds that it was begun with.
  @Test func aTuningInBetweenChangesNoBit() throws {
    let cache = ["XDG_CACHE_HOME": folder.path]
    func tune(_ packed: Int, _ cut: Int, _ shared: Int) throws {
      var tuning = GEMMTuning()
      tuning.thresholds[GEMMTuning.Key(.widest, .float, threads: 2)] = GEMMThresholds(
        ntPackedBatch: packed, contractionCutBatch: cut, smallestSharedWork: shared)
      try tuning.save(to: "\(folder.path)/batchwise/gemm-thresholds")
    }
    func arguments(_ name: String, _ more: String...) -> [String] {
      [
        "train", "--data", "dots:examples=4000", "--model", "mlp:300,200", "--batch", "8", "--epochs", "80",
        "--threads",
        "2", "--checkpoint-minutes", "0.0005", "--output", "\(folder.path)/\(name)",
      ] + more
    }
    func checkpoints() -> Set<String> {
      Set(folder.names(in: "killed/checkpoints").filter { $0.hasPrefix("update-") && $0.hasSuffix(".safetensors") })
    }
    /// Kills a run once it has saved another checkpoint.
    func kill(_ arguments: [String]) throws {
      let before = checkpoints()
      let process = try Tool.start(arguments, environment: cache)
      while process.isRunning, checkpoints().subtracting(before).isEmpty { usleep(1000) }
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      try #require(process.terminationReason == .uncaughtSignal, "the run has ended before it was killed")
    }
    try tune(1, 0, 1)
    #expect(try Tool.run(arguments("whole"), environment: cache).status == 0)
    try kill(arguments("killed"))
    try tune(64, 32, 1)
    #expect(try Tool.run(arguments("otherwise"), environment: cache).status == 0)
    try kill(arguments("killed", "--resume"))
    try tune(4, 4, 1 << 40)
    let last = try Tool.run(arguments("killed", "--resume"), environment: cache)
    #expect(last.status == 0 && last.notes.contains("Resumed after update") && last.notes.contains("thresholds"))
    expectSame("killed", "whole")
    // Were it otherwise, this would test nothing.
    #expect(folder.read("otherwise/weights.safetensors") != folder.read("whole/weights.safetensors"))
  }

  @Test func aFolderWithoutARunBeginsOne() throws {
    let run = try Tool.run(arguments("new", epochs: 1, "--resume"))
    #expect(run.status == 0 && run.notes.contains("Training mlp:32:dropout=0.1"))
    let again = try Tool.run(arguments("new", epochs: 1, "--resume"))
    #expect(again.status == 0 && again.output == run.output)
    #expect(again.notes.contains("has ended after update 350, epoch 1 (more --epochs continue it); nothing is left"))
  }

  @Test func otherThreadsAreTold() throws {
    #expect(try Tool.run(arguments("r", epochs: 1)).status == 0)
    let more = try Tool.run(arguments("r", epochs: 2, "--resume", "--threads", "1"))
    #expect(more.status == 0)
    #expect(
      more.notes.contains(
        "The run is resumed otherwise than it was begun (threads: 2 → 1): it will not end with the bits of a run"))
    #expect(more.notes.contains("The run was to have 1 epoch and is now to have 2; schedules"))
    let same = try Tool.run(arguments("r", epochs: 3, "--resume", "--threads", "1"))
    #expect(same.status == 0 && !same.notes.contains("resumed otherwise"))
  }

  @Test func anEndedRunLeavesNoEvents() throws {
    func events() -> Int { folder.names(in: "r").count { $0.hasPrefix("events.") } }
    #expect(try Tool.run(arguments("r", epochs: 1)).status == 0)
    let ended = try Tool.run(arguments("r", epochs: 1, "--resume", "--tensorboard"))
    #expect(ended.status == 0 && ended.notes.contains("nothing is left") && events() == 0)
    #expect(try Tool.run(arguments("r", epochs: 2, "--resume", "--tensorboard")).status == 0)
    #expect(events() == 1)
  }

  @Test func aFolderInUseIsRefused() throws {
    let process = try Tool.start(arguments("busy", epochs: 10_000))
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    while !folder.names(in: "busy").contains("metrics.jsonl"), process.isRunning { usleep(2000) }
    for more in [[], ["--resume"]] {
      let run = try Tool.run(arguments("busy", epochs: 10_000) + more)
      #expect(run.status == 1 && run.notes.contains("busy is in use by another process"))
    }
  }

  @Test func differencesAreNamed() throws {
    #expect(try Tool.run(arguments("r", epochs: 1)).status == 0)
    let weights = folder.read("r/weights.safetensors")
    let other = try Tool.run(
      arguments("r", epochs: 1, "--resume", "--batch", "16", "--lr", "0.1", "--seed", "2", "--clip", "norm:2"))
    #expect(other.status == 64 && other.output.isEmpty && folder.read("r/weights.safetensors") == weights)
    for difference in [
      "belongs to another run: optimizer (there Adam, rate 0.001", ", here Adam, rate 0.1",
      "batch size (there 8, here 16)", "seed (there 1, here 2)", "clipping (there norm:1, here norm:2)",
    ] { #expect(other.notes.contains(difference), "\(other.notes)") }
    let examples = try Tool.run(arguments("r", epochs: 2, "--resume", "--data-seed", "7"))
    #expect(
      examples.status == 64 && examples.notes.contains("was trained on other examples; give the data that it was"))
  }

  @Test func aRunIsMadeLongerButNotShorter() throws {
    func constant(_ name: String, epochs: Int, _ more: String...) throws -> Tool.Outcome {
      try Tool.run(
        [
          "train", "--data", "dots", "--model", "mlp:8", "--patience", "100", "--restore-best", "--threads", "2",
          "--output", "\(folder.path)/\(name)", "--epochs", "\(epochs)", "--lr", "0.5",
        ] + more)
    }
    #expect(try constant("long", epochs: 6).status == 0)
    #expect(try constant("short", epochs: 3).status == 0)
    let more = try constant("short", epochs: 6, "--resume")
    #expect(more.status == 0 && more.notes.contains("The run was to have 3 epochs and is now to have 6"))
    // Also where the shorter run ended with its best weights.
    expectSame("short", "long")
    let fewer = try constant("short", epochs: 5, "--resume")
    #expect(fewer.status == 64 && fewer.output.isEmpty)
    #expect(
      fewer.notes.contains(
        "short is in epoch 6 already; train for 6 epochs or more, or choose another folder (--output)"))
  }

  /// What cannot be read is not damaged for that: it is neither passed over nor offered to be.
  @Test func aCheckpointThatCannotBeReadIsRefused() throws {
    #expect(try Tool.run(arguments("r", epochs: 1)).status == 0)
    let path = "\(folder.path)/r/checkpoints/update-00000350.safetensors"
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    for more in [[], ["--skip-damaged"]] {
      let run = try Tool.run(arguments("r", epochs: 2, "--resume") + more)
      #expect(run.status == 65 && run.notes.contains("this is a folder, not a file; give the path of a file"))
      #expect(!run.notes.contains("whole"), "\(run.notes)")
    }
  }

  @Test func aDamagedCheckpointIsRefusedAndPassedOverWhenAsked() throws {
    #expect(try Tool.run(arguments("whole")).status == 0)
    #expect(try Tool.run(arguments("r", epochs: 4)).status == 0)
    let name = "update-00001400.safetensors"
    var bytes = try #require(folder.read("r/checkpoints/\(name)"))
    bytes[bytes.count - 9] ^= 4
    folder.write(bytes, to: "r/checkpoints/\(name)")
    let refused = try Tool.run(arguments("r", "--resume"))
    #expect(refused.status == 65 && refused.output.isEmpty)
    #expect(
      refused.notes.contains(name)
        && refused.notes.contains("--skip-damaged resumes from the last checkpoint that is whole"), "\(refused.notes)")
    let skipped = try Tool.run(arguments("r", "--resume", "--skip-damaged"))
    #expect(skipped.status == 0)
    #expect(skipped.notes.contains("\(name) is damaged; resuming from \(folder.path)/r/checkpoints/update-00001050"))
    expectSame("r", "whole")
    for name in folder.names(in: "r/checkpoints") {
      folder.write(Array(bytes.prefix(100)), to: "r/checkpoints/\(name)")
    }
    let none = try Tool.run(arguments("r", "--resume", "--skip-damaged"))
    #expect(none.status == 65 && none.notes.contains("no checkpoint of the run is whole: begin a new one in another"))
  }
}
