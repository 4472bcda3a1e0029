import BatchTestSupport
import Foundation
import Testing

/// The tool where its surroundings go away or are missing: readers, streams, terminals.
@Suite struct SurroundingsTests {
  private let folder = TemporaryFolder()

  /// Runs a line of a shell, in which $TOOL is the tool.
  private func shell(_ line: String) throws -> Tool.Outcome { try Tool.inShell(line) }

  /// A study goes on when whoever reads its notes has enough of them.
  @Test func notesThatNobodyReadsEndNoStudy() throws {
    let study = "study sweep --data dots:examples=300 --model mlp:4 --batch 16,64 --seeds 3 --epochs 2"
    let run = try shell(
      "{ $TOOL \(study) -o \(folder.path)/s 2>&1 >/dev/null; echo $? >\(folder.path)/rc; } | head -n 1")
    #expect(run.output.contains("Training 6 trials"))
    #expect(folder.read("rc") == Array("0\n".utf8) && folder.names(in: "s").contains("report.html"))
    #expect(folder.names(in: "s/trials").count { $0.hasSuffix(".jsonl") } == 6)
  }

  /// What would be written to a stream that is closed must not get into the file that takes its number.
  @Test func closedStreamsLeaveFilesAlone() throws {
    let arguments = "--data dots:examples=200 --model mlp:4 --epochs 2"
    #expect(try shell("$TOOL train \(arguments) --tensorboard -o \(folder.path)/open --quiet").status == 0)
    let closed = try shell("$TOOL train \(arguments) --tensorboard -o \(folder.path)/closed <&- >&- 2>&-")
    // The table could not be written, and that is no success.
    #expect(closed.status == 1)
    for name in ["config.json", "weights.safetensors"] where folder.read("open/\(name)") != nil {
      #expect(folder.read("open/weights.safetensors") == folder.read("closed/weights.safetensors"))
    }
    for name in folder.names(in: "closed") where name.hasPrefix("events") {
      let text = String(decoding: try #require(folder.read("closed/\(name)")), as: UTF8.self)
      #expect(!text.contains("epoch ") && !text.contains("accuracy  "))
    }
    let quiet = try shell("$TOOL study sweep \(arguments) --batch 32 --seeds 2 -o \(folder.path)/s 2>&-")
    #expect(quiet.status == 0)
    let lock = String(decoding: folder.read("s/.lock") ?? [], as: UTF8.self)
    #expect(!lock.contains("Training") && !lock.contains("Report"))
  }

  /// A file that may not grow is an error with its reason, and no signal.
  @Test func aLimitOfFilesIsTold() throws {
    let run = try shell(
      "ulimit -f 1; $TOOL train --data dots:examples=200 --model mlp:200,200 --epochs 1 -o \(folder.path)/r")
    #expect(run.status == 1 && run.notes.contains("File too large"))
    // Nothing half done is left.
    let names = folder.names(in: "r") + folder.names(in: "r/checkpoints")
    #expect(!names.contains { $0.hasSuffix(".partial") })
  }

  /// A terminal that is closed says so twice; what is under way is saved all the same.
  @Test func aClosedTerminalStopsLikeARequest() throws {
    let notes = Pipe()
    let process = try Tool.start(
      [
        "train", "--data", "dots:examples=4000", "--model", "mlp:64", "--batch", "8", "--epochs", "2000",
        "--checkpoint-minutes", "0.0005", "-o", "\(folder.path)/r",
      ], notes: notes)
    while !folder.names(in: "r/checkpoints").contains(where: { $0.hasPrefix("update-") }), process.isRunning {
      usleep(2000)
    }
    for _ in 0..<2 { kill(process.processIdentifier, SIGHUP) }
    let text = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130 && text.contains("and saved; the same command with --resume"))
  }

  /// A run that was begun with more epochs has made more updates than it is now to have.
  @Test func aShortenedRunHasAProgressLine() throws {
    let arguments = [
      "train", "--data", "teacher:examples=2000", "--model", "mlp:8", "--batch", "8", "--batch-schedule", "grow:50%:8",
      "--output", "\(folder.path)/r",
    ]
    #expect(try Tool.run(arguments + ["--epochs", "10", "--keep-checkpoints", "20", "--quiet"]).status == 0)
    for name in folder.names(in: "r/checkpoints").filter({ $0.hasPrefix("update-") }).dropFirst(4) {
      try FileManager.default.removeItem(atPath: "\(folder.path)/r/checkpoints/\(name)")
    }
    let text = try Tool.onTerminal(arguments + ["--epochs", "5", "--resume"], environment: ["TERM": "xterm"])
    #expect(text.contains(" left") && text.contains("Test part, 300 examples"), "\(text)")
  }

  /// Names of classes come from files, and command the terminal nothing.
  @Test func namesOfClassesAreShown() throws {
    let rows = (0..<60).map { "\($0 % 2),\($0 % 5),\($0 % 2 == 0 ? "\"\u{1B}[31mRED\nline\"" : "b")\n" }.joined()
    let table = folder.write("x,y,kind\n" + rows, to: "evil.csv")
    let run = try Tool.run("data", "inspect", "--data", table)
    #expect(run.status == 0 && run.output.contains(#"\u001b[31mRED\nline"#))
    #expect(!(run.output + run.notes).contains("\u{1B}"))
  }
}
