import BatchTestSupport
import Foundation
import Testing

/// One training run from the command line: what is printed where, what is kept, and how it ends.
@Suite struct TrainCommandTests {
  private let folder = TemporaryFolder()
  static let small = ["train", "--data", "dots", "--model", "mlp:8", "--threads", "2"]

  private func train(_ options: String...) throws -> Tool.Outcome { try Tool.run(Self.small + options) }

  private func text(_ name: String) -> String { String(decoding: folder.read(name) ?? [], as: UTF8.self) }

  @Test func theFolderHoldsEverythingAboutTheRun() throws {
    let run = try train("--epochs", "3", "--output", "\(folder.path)/a/b/run", "--tensorboard", "--format", "csv")
    #expect(run.status == 0 && run.output.hasPrefix("epoch,update,") && !run.output.contains("Test part"))
    let names = folder.names(in: "a/b/run")
    #expect(
      names.filter { !$0.hasPrefix("events") } == [
        ".lock", "checkpoints", "config.json", "metrics.csv", "metrics.jsonl", "run.json", "weights.safetensors",
      ])
    #expect(names.contains { $0.hasPrefix("events.out.tfevents.") })
    #expect(
      folder.names(in: "a/b/run/checkpoints") == [
        "best.safetensors", "update-00000088.safetensors", "update-00000132.safetensors",
      ])
    // Updates 0, 8, 16, 32, 44, 64, 88, 128 and 132 are evaluated.
    #expect(text("a/b/run/metrics.jsonl").split(separator: "\n").count == 9)
    #expect(text("a/b/run/metrics.csv").split(separator: "\n").count == 10)
    #expect(
      run.notes.contains(
        "weights.safetensors are its last weights, and 'batchwise evaluate \(folder.path)/a/b/run' takes"))
    // The configuration gives the same run again.
    let again = try Tool.run(
      "train", "--config", "\(folder.path)/a/b/run/config.json", "--output", "\(folder.path)/again", "--quiet")
    #expect(again.status == 0 && again.notes.isEmpty)
    #expect(folder.read("again/weights.safetensors") == folder.read("a/b/run/weights.safetensors"))
  }

  /// TensorBoard is told after which update a run is resumed, so that it forgets what came after that.
  @Test func aRunThatGoesOnTellsTensorBoard() throws {
    for epochs in ["1", "2"] {
      let run = try train(
        "--epochs", epochs, "--output", "\(folder.path)/r", "--tensorboard", "--resume", "--quiet")
      #expect(run.status == 0, "\(run.notes)")
    }
    let files = folder.names(in: "r").filter { $0.hasPrefix("events.out.tfevents.") }
    let events = try files.flatMap { name in
      try #require(FileFormats.tfRecords(folder.read("r/\(name)") ?? [])).map { try ProtobufFields($0) }
    }
    // The only events without a summary or a version; the first run was saved after update 44.
    #expect(files.count == 2 && events.filter { $0.numbers == [1, 2, 7] }.map { $0.integers(2) } == [[45]])
  }

  /// What a default decides is in the file as well, but for what would be refused or means nothing.
  @Test func theConfigurationHasWhatWasInEffect() throws {
    #expect(try train("--epochs", "1", "--output", "\(folder.path)/r", "--quiet").status == 0)
    let file = try JSONSerialization.jsonObject(with: Data(folder.read("r/config.json") ?? [])) as? [String: Any]
    let settings = try #require(file)
    #expect(settings["threads"] as? Int == 2 && settings["validation"] as? Int == 300)
    #expect(settings["loss"] as? String == "softmax-cross-entropy" && settings["learning-rate"] as? Double == 0.01)
    #expect(settings["momentum"] as? Double == 0.9 && settings["weight-decay"] as? Double == 0)
    #expect(settings["best-by"] as? String == "validation-loss" && settings["keep-checkpoints"] as? Int == 2)
    for key in ["decay-scope", "beta1", "stop-on", "base-batch", "warm-up", "micro-batch"] {
      #expect(settings[key] is NSNull, "\(key)")
    }
  }

  @Test func theWeightsAreNamed() throws {
    let best = try train("--epochs", "2", "--patience", "5", "--restore-best", "--output", "\(folder.path)/best")
    #expect(best.notes.contains("weights.safetensors are its best weights"))
    let averaged = try train("--epochs", "1", "--averaging", "ema:0.9", "--output", "\(folder.path)/averaged")
    #expect(
      averaged.notes.contains("weights.safetensors are its averaged weights") && averaged.notes.contains(", 1 epoch, "))
  }

  @Test func aRunIsNeverWrittenOver() throws {
    #expect(try train("--epochs", "1", "--output", "\(folder.path)/r").status == 0)
    let weights = folder.read("r/weights.safetensors")
    let second = try train("--epochs", "2", "--output", "\(folder.path)/r")
    #expect(second.status == 64 && second.output.isEmpty)
    #expect(
      second.notes.contains(
        "r holds a run already; resume it, or give this one a folder of its own (--resume, --output)"))
    #expect(folder.read("r/weights.safetensors") == weights)
  }

  @Test func rulesAndSchedulesAreTold() throws {
    let run = try train(
      "--epochs", "2", "--batch", "256", "--base-batch", "32", "--lr-rule", "linear", "--warm-up", "50%", "--schedule",
      "cosine", "--micro-batch", "64")
    #expect(
      run.notes.contains(
        "batch 256 in micro-batches of 64, SGD, rate 0.08, momentum 0.9, schedule warm-up:50%:1/8:cosine, 2 epochs, 12 "
          + "updates."))
    let shown = try train(
      "--epochs", "2", "--batch-schedule", "grow:1:4", "--show-schedule", "--format", "csv", "--output",
      "\(folder.path)/s")
    #expect(shown.output.hasPrefix("epoch,examples,batch_size,learning_rate\n0,0,32,0.01\n"))
    #expect(shown.output.contains(",128,") && folder.names(in: "s") == ["schedule-batch.svg", "schedule-rate.svg"])
  }

  @Test(arguments: ["sgd", "adam", "adamw", "rmsprop", "adagrad", "lars", "lamb"])
  func everyOptimizerTrains(_ name: String) throws {
    let run = try train("--epochs", "2", "--optimizer", name, "--format", "csv", "--quiet")
    #expect(run.status == 0 && run.notes.isEmpty)
    let losses = run.output.split(separator: "\n").dropFirst().compactMap { Double($0.split(separator: ",")[3]) }
    #expect(losses.count == 3 && losses[2] < losses[0])
  }

  @Test func regularisersAreTaken() throws {
    let run = try Tool.run(
      "train", "--data", "dots", "--model", "mlp:8:dropout=0.2", "--epochs", "2", "--clip", "norm:1",
      "--label-smoothing", "0.1", "--averaging", "ema:0.9", "--patience", "5", "--quiet", "--format", "csv")
    #expect(run.status == 0 && run.output.split(separator: "\n").count == 4)
  }

  @Test func anEarlyStopSaysWhy() throws {
    let run = try train(
      "--epochs", "50", "--lr", "1e-9", "--patience", "2", "--stop-on", "validation-accuracy", "--restore-best")
    #expect(run.status == 0)
    #expect(run.notes.contains("Stopped early after update 88: for 2 epochs no validation accuracy was above 49.7"))
    #expect(run.notes.contains("%, that of update 0. The weights are those of update 0."))
  }

  @Test func divergenceNamesUpdateLayersAndTheLastGoodCheckpoint() throws {
    let early = try train("--epochs", "2", "--lr", "1e30", "--output", "\(folder.path)/early")
    #expect(early.status == 1)
    #expect(early.notes.contains("Error: the loss became NaN at update 2; the largest activation, NaN, is in layers."))
    #expect(
      early.notes.contains("the largest gradient, NaN, in layers.1 (dense 2); no checkpoint was saved before; try a"))
    #expect(!folder.names(in: "early").contains("weights.safetensors"))
    // A rate that grows too large only in the second epoch.
    let late = try train(
      "--epochs", "3", "--lr", "1e30", "--schedule", "warm-up:1:1e-38:constant", "--output", "\(folder.path)/late",
      "--checkpoint-minutes", "0.000001")
    #expect(late.status == 1)
    let checkpoint = try #require(folder.names(in: "late/checkpoints").last)
    #expect(late.notes.contains("the last good checkpoint is \(folder.path)/late/checkpoints/\(checkpoint); try a"))
    #expect(try Tool.run("evaluate", "\(folder.path)/late/checkpoints/\(checkpoint)").status == 0)
    #expect(try train("--epochs", "2", "--lr", "1e30").notes.contains("without --output no checkpoint was saved"))
  }

  @Test func aProfileOfStepsIsOneDocument() throws {
    let csv = try train("--epochs", "1", "--profile-step", "--format", "csv", "--quiet")
    #expect(csv.output.hasPrefix("phase,seconds_per_step,share\n") && csv.output.contains("\nforward,"))
    let json = try train("--epochs", "1", "--profile-step", "--format", "json", "--quiet")
    #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [[String: Any]])
    let table = try train("--epochs", "1", "--profile-step").output
    #expect(table.contains("validation loss") && table.contains("backward-weights"))
  }

  @Test func settingsWithoutEffectAreTold() throws {
    let run = try train("--epochs", "1", "--micro-batch", "64", "--warm-up", "3")
    #expect(run.status == 0)
    #expect(run.notes.contains("--micro-batch 64 cuts nothing: no update has more than 32 examples."))
    #expect(run.notes.contains("The warm-up of 3 epochs is longer than the training"))
  }

  /// On a terminal the line shows loss, accuracy, speed and time left, up to the end however short the run;
  /// `--quiet` and other outputs show none.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
  func aTerminalShowsProgress() throws {
    let options = ["--epochs", "2", "--batch", "4"]
    let seen = try Tool.onTerminal(Self.small + options, environment: ["TERM": "xterm", "NO_COLOR": "1"])
    #expect(seen.contains("█ 100 %  loss ") && seen.contains("accuracy "))
    #expect(seen.contains("examples/s") && seen.contains(" left") && !seen.contains("\u{1B}[3"))
    #expect(try !Tool.onTerminal(Self.small + options + ["--quiet"], environment: ["TERM": "xterm"]).contains("left"))
    #expect(try !Tool.onTerminal(Self.small + options, environment: ["TERM": "dumb"]).contains("examples/s"))
    #expect(try !Tool.run(Self.small + options).notes.contains("examples/s"))
  }

  @Test func helpIsInGroups() throws {
    let help = try Tool.run("train", "--help").output
    let titles = ["DATA:", "TRAINING:", "MODEL:", "OPTIMIZER:", "SCHEDULES AND RULES:", "REGULARISATION:", "OPTIONS:"]
    let places = titles.compactMap { help.range(of: "\n\($0)\n")?.lowerBound }
    #expect(places.count == titles.count && places == places.sorted())
    for (command, title) in [(["study", "rules"], "RULES:"), (["study", "sweep"], "SCHEDULES AND RULES:")] {
      let help = try Tool.run(command + ["--help"]).output
      let titles = ["DATA:", "TRAINING:", "MODEL:", "OPTIMIZER:", title, "REGULARISATION:"]
      let places = titles.compactMap { help.range(of: "\n\($0)\n")?.lowerBound }
      #expect(places.count == titles.count && places == places.sorted())
      let schedule = try #require(help.range(of: "--schedule <schedule>")?.lowerBound)
      #expect(schedule > places[4] && schedule < places[5])
    }
    #expect(try Tool.run("profile", "--help").output.contains("\nDATA:\n"))
    // Defaults that ArgumentParser does not show; help is cut into lines as the terminal wants it.
    let words = help.split { $0.isWhitespace }.joined(separator: " ")
    for text in ["(5%); constant without it", "no warm-up without it", "or legw; none without it", "fixed without it"] {
      #expect(words.contains(text), "\(text)")
    }
  }

  private static let refusals: [([String], Int32, String)] = [
    (["--micro-batch", "0"], 64, "a micro-batch has at least 1 example, not 0"),
    (["--batch", "1401"], 64, "the batch size 1401 is larger than the data, 1400 examples"),
    (["--lr-rule", "linear"], 64, "--lr-rule linear needs --base-batch"),
    (["--base-batch", "32", "--lr-rule", "legw"], 64, "LEGW scales the warm-up of the base batch; give one"),
    (["--base-batch", "8", "--lr-rule", "adam-sqrt"], 64, "needs an optimizer with moments"),
    (["--warm-up-from", "0.1"], 64, "--warm-up-from needs --warm-up"),
    (
      ["--warm-up", "1", "--schedule", "warm-up:1:1/8:cosine"], 64,
      "--schedule warm-up:1:1/8:cosine begins with a warm-up, and --warm-up is another"
    ),
    (["--warm-up-from", "3/2", "--warm-up", "1"], 64, "give a share above 0 and at most 1, as 0.1 or 1/32"),
    (["--base-batch", "8"], 64, "--base-batch needs --lr-rule"),
    (["--stop-on", "validation-loss"], 64, "--stop-on needs --patience"),
    (["--checkpoint-epochs", "1"], 64, "--checkpoint-epochs needs --output: without it no checkpoint is saved"),
    (["--checkpoint-minutes", "1"], 64, "--checkpoint-minutes needs --output"),
    (["--keep-checkpoints", "2"], 64, "--keep-checkpoints needs --output"),
    (["--best-by", "validation-loss"], 64, "--best-by needs --output"),
    (["--decay-scope", "all"], 64, "--decay-scope needs --weight-decay: sgd decays nothing without it"),
    (["--epochs", "0", "--show-schedule"], 64, "training needs at least 1 epoch, not 0"),
    (["--micro-batch", "0", "--show-schedule"], 64, "a micro-batch has at least 1 example, not 0"),
    (["--batch", "1401", "--show-schedule"], 64, "the batch size 1401 is larger than the data, 1400 examples"),
    (["--schedule", "step:0:0.1"], 64, "the length of a step must be above 0, not 0"),
    (["--optimizer", "adam", "--momentum", "0.9"], 64, "--momentum is no setting of adam, but of sgd, rmsprop, lars"),
    (["--clip", "foo"], 64, "write norm:BOUND or value:BOUND, as in norm:1"),
    (["--restore-best"], 64, "--restore-best and --minimum-improvement need --patience"),
    (["--resume"], 64, "--resume and --tensorboard need --output"),
    (["--output", "/proc/x/y"], 1, "cannot make the folder /proc/x: No such file or directory; give a folder that"),
    (["--output", "/dev/null/x"], 1, "cannot make the folder /dev/null/x: Not a directory; give a folder that can"),
  ]

  @Test(arguments: refusals.indices)
  func mistakesAreToldBeforeAnythingIsTrained(_ index: Int) throws {
    let (options, status, message) = Self.refusals[index]
    let run = try Tool.run(Self.small + options)
    #expect(run.status == status && run.output.isEmpty)
    #expect(run.notes.contains("Error: ") && run.notes.contains(message), "\(run.notes)")
  }

  @Test func accuracyOfValuesIsRefused() throws {
    let data = folder.write("a,b\n" + (0..<50).map { "\($0),\(Double($0) * 0.37)\n" }.joined(), to: "values.csv")
    let output = ["--output", "\(folder.path)/run"]
    for option in [
      ["--best-by", "validation-accuracy"] + output, ["--patience", "1", "--stop-on", "validation-accuracy"],
    ] {
      let run = try Tool.run(["train", "--data", data, "--model", "mlp", "--batch", "8"] + option)
      #expect(run.status == 64 && run.notes.contains("validation-accuracy needs classes, and values.csv has values"))
    }
    for study in ["sweep", "rules"] {
      let run = try Tool.run(
        "study", study, "--data", data, "--model", "mlp", "--patience", "1", "--stop-on", "validation-accuracy",
        "--output", "\(folder.path)/study")
      #expect(run.status == 64 && run.notes.contains("--stop-on validation-accuracy needs classes"), "\(run.notes)")
    }
    #expect(folder.names() == ["values.csv"])
    let binary = try Tool.run("train", "--data", data, "--model", "mlp", "--loss", "binary-cross-entropy")
    #expect(binary.status == 64 && binary.notes.contains("binary cross-entropy needs targets between 0 and 1"))
    let classes = try Tool.run("train", "--data", data, "--model", "mlp", "--loss", "softmax-cross-entropy")
    #expect(classes.status == 64 && classes.notes.contains("the data has values; use mean-squared-error"))
  }
}
