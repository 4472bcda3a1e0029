import BatchTestSupport
import Batchwise
import Foundation
import Testing

@Suite struct CommandTests {
  @Test func doctorShowsTheMachine() throws {
    let run = try Tool.run("doctor", "--format", "csv")
    #expect(run.output.contains("OpenBLAS core,") && run.output.contains("available processors,"))
    #expect(run.status == 0 || run.notes.contains("Missing: "))
  }

  @Test func plansAreShownAndForced() throws {
    let run = try Tool.run("doctor", "--plan", "784x512", "--plan", "512x10", "--batch", "1..64:x2", "--format", "csv")
    #expect(run.status == 0 && run.output.contains("784x512,backward-weights,1,64,"))
    let plain = try Tool.run(
      ["doctor", "--plan", "784x512", "--batch", "8", "--format", "csv"], environment: ["BATCHWISE_GEMM": "openblas"])
    #expect(plain.output.contains("OpenBLAS on the plain matrix") && plain.notes.contains("Engine openblas"))
    // The option wins.
    let forced = try Tool.run(
      ["doctor", "--plan", "784x512", "--batch", "8", "--engine", "kernels", "--format", "csv"],
      environment: ["BATCHWISE_GEMM": "openblas"])
    #expect(forced.output.contains("nn kernel on panels") && forced.notes.contains("Engine kernels"))
    #expect(forced.notes.contains("Batch 8: OpenBLAS computes 0 % of the multiply-adds."))
    #expect(plain.notes.contains("Batch 8: OpenBLAS computes 100 % of the multiply-adds."))
    #expect(try Tool.run("doctor", "--engine", "kernel").status == 64)
    #expect(try Tool.run("doctor", "--plan", "784").notes.contains("'784' is no layer"))
    #expect(try Tool.run("doctor", "--plan", "8x8", "--batch", "full").status == 64)
  }

  /// Users set these variables for every numerical program; an option wins.
  @Test func threadsFollowTheUsualVariables() throws {
    func threads(_ variables: [String: String], _ options: String...) throws -> String {
      let plan = ["doctor", "--plan", "784x512", "--batch", "8", "--format", "csv"] + options
      let clean = ["OPENBLAS_NUM_THREADS": "", "OMP_NUM_THREADS": ""].merging(variables) { $1 }
      return try Tool.run(plan, environment: clean).notes
    }
    #expect(try threads(["OMP_NUM_THREADS": "1"]).contains("1 thread."))
    #expect(try threads(["OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "3"]).contains("3 threads."))
    #expect(try threads(["OMP_NUM_THREADS": "2,4"]).contains("2 threads."))
    #expect(try threads(["OMP_NUM_THREADS": "1"], "--threads", "2").contains("2 threads."))
    let doctor = try Tool.run(["doctor"], environment: ["OPENBLAS_NUM_THREADS": "1"])
    #expect(doctor.output.contains("1, as OPENBLAS_NUM_THREADS says"))
  }

  @Test func tuningIsKeptAndFollowed() throws {
    let folder = TemporaryFolder()
    let cache = ["XDG_CACHE_HOME": folder.path]
    let tuned = try Tool.run(["doctor", "--tune", "--threads", "2", "--format", "csv"], environment: cache)
    #expect(tuned.status == 0 && tuned.notes.contains("Kept in \(folder.path)/batchwise/gemm-thresholds"))
    #expect(tuned.output.contains("float,nt-packed batch,16,") && tuned.output.contains("double,smallest shared work,"))
    #expect(try Tool.run(["doctor"], environment: cache).output.contains("measured, in \(folder.path)"))

    let lines = String(decoding: folder.read("batchwise/gemm-thresholds") ?? [], as: UTF8.self).split(separator: "\n")
    let plan = ["doctor", "--plan", "512x512", "--batch", "40", "--threads", "2", "--format", "csv"]
    for (batch, kernel) in [(41, "nt-dot"), (40, "nt-packed")] {
      let entries = ["avx512", "avx2", "portable"].map { "\($0) float 2 \(batch) 0 0 none none none none none none" }
      folder.write(
        (lines.prefix(3) + entries.map { $0[...] }).joined(separator: "\n") + "\n", to: "batchwise/gemm-thresholds")
      #expect(try Tool.run(plan, environment: cache).output.contains("\(kernel) kernel on panels"))
    }

    folder.write("batchwise-gemm-thresholds 1\n", to: "batchwise/gemm-thresholds")
    #expect(try Tool.run(["doctor"], environment: cache).output.contains("is of no use: it is of another version"))
    folder.write("rubbish", to: "batchwise/gemm-thresholds")
    #expect(try Tool.run(plan, environment: cache).output.contains("nt-packed kernel on panels"))
    #expect(try Tool.run(["doctor"], environment: cache).output.contains("is of no use: line 1 is none of a tuning"))
    #expect(try Tool.run("doctor", "--tune", "--plan", "8x8").status == 64)
  }

  @Test func ceilingsAreMeasured() throws {
    let run = try Tool.run("doctor", "--ceilings", "--threads", "2", "--threads", "1", "--format", "csv")
    #expect(run.status == 0 && run.notes.contains("Measuring on 2, 1 threads"))
    let lines = run.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines[0].joined(separator: ",") == "threads,quantity,level,working_set_bytes,rate,unit")
    for threads in ["1", "2"] {
      let rows = lines.filter { $0[0] == threads }
      for quantity in ["peak fp32", "peak fp64"] { #expect(rows.filter { $0[1] == quantity }.count == 1) }
      for quantity in ["read", "update"] {
        #expect(rows.filter { $0[1] == quantity && $0[2] == "L1" }.count == 1)
        #expect(rows.last { $0[1] == quantity }?[2] == "memory")
      }
      #expect(rows.filter { $0[1] == "lines between cores" }.count == (threads == "1" ? 0 : 1))
      #expect(rows.allSatisfy { $0[5] == ($0[1].hasPrefix("peak") ? "FLOP/s" : "B/s") })
    }
    #expect(try Tool.run("doctor", "--help").output.contains("--ceilings"))
    #expect(try Tool.run("doctor", "--ceilings", "--tune").status == 64)
    #expect(try Tool.run("doctor", "--plan", "8x8", "--threads", "1", "--threads", "2").status == 64)
    let refused = try Tool.run("doctor", "--ceilings", "--threads", "0")
    #expect(refused.status == 64 && refused.notes.contains("a thread count must lie between 1 and 1024, not be 0"))
  }

  static let refusedSettings = [
    ("BATCHWISE_ISA", "avx9", "BATCHWISE_ISA=avx9: this processor runs portable"),
    ("BATCHWISE_GEMM", "mkl", "BATCHWISE_GEMM=mkl is no engine; name one of auto, openblas, kernels"),
  ]

  @Test(arguments: refusedSettings)
  func anEnvironmentThatCannotBeFollowedIsRefused(_ name: String, _ value: String, _ message: String) throws {
    let run = try Tool.run(["train", "--data", "dots"], environment: [name: value])
    #expect(run.status == 64 && run.notes.contains(message))
    #expect(try Tool.run(["doctor"], environment: [name: value]).notes.contains(message))
  }

  @Test func dataAreListedAndInspected() throws {
    #expect(try Tool.run("data", "list").output.contains("fashion-mnist"))
    let run = try Tool.run("data", "inspect", "--data", "dots", "--format", "csv", "--quiet")
    #expect(run.status == 0 && run.notes.isEmpty)
    #expect(run.output.contains("training,1400,2,"))
    let table = try Tool.run("data", "inspect", "--data", "dots", "--quiet")
    #expect(table.output.contains("1\u{202F}400") && table.output.contains("red"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
  func picturesAreShown() throws {
    let folder = TemporaryFolder()
    let run = try Tool.run("data", "inspect", "--image", "\(folder.path)/sheet.png")
    #expect(run.status == 0)
    #expect(folder.read("sheet.png")?.starts(with: [0x89, 0x50, 0x4e, 0x47]) == true)
    #expect(run.output.contains("55\u{202F}000") && run.output.contains("Ankle boot"))
  }

  @Test func trainPrintsATableAndTheTestAccuracy() throws {
    let run = try Tool.run("train", "--data", "dots", "--model", "mlp:8", "--epochs", "3", "--format", "csv")
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 5 && lines[0].hasPrefix("epoch,update,seconds") && lines[4].hasPrefix("3,132,"))
    #expect(run.notes.contains("Test part, 300 examples: accuracy 9"))
  }

  @Test func aDryRunCountsTheWorkAndWritesNothing() throws {
    let folder = TemporaryFolder()
    let run = try Tool.run(
      "study", "sweep", "--data", "dots", "--model", "mlp:8", "--batch", "8..32:x2,full", "--dry-run", "--format",
      "csv",
      "--output", "\(folder.path)/s")
    #expect(run.status == 0 && folder.names().isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.map { $0.split(separator: ",")[0] } == ["batch_size", "8", "16", "32", "1400", "all"])
    #expect(lines[1].hasPrefix("8,3,1750,"))
  }

  @Test func aStudyLeavesAReportAndIsDoneOnce() throws {
    let folder = TemporaryFolder()
    let arguments = [
      "study", "sweep", "--data", "dots", "--model", "mlp:8", "--batch", "16,64", "--seeds", "2", "--epochs", "2",
      "--output", "\(folder.path)/s", "--format", "json",
    ]
    let first = try Tool.run(arguments)
    #expect(first.status == 0 && first.notes.contains("Training 4 trials into") && first.notes.contains("[4/4]"))
    #expect(first.notes.contains("After the same 2 epochs batch "))
    #expect(
      folder.names(in: "s").filter { !$0.hasPrefix("step-times-") } == [
        ".lock", "report.html", "results.csv", "study.json", "test-targets.npy", "trials",
      ])
    let again = try Tool.run(arguments)
    #expect(again.output == first.output)
    #expect(again.notes.contains("All 4 trials are done; nothing left to do."))
    let other = try Tool.run(arguments + ["--lr-rule", "linear", "--base-batch", "16", "--warm-up", "5%"])
    #expect(other.status == 64 && other.output.isEmpty)
    #expect(other.notes.contains("warm-up (here none, asked for 5% from the base rate)"))
    #expect(other.notes.contains("rule (here none, asked for linear from 16)"))
    let report = try Tool.run("report", "\(folder.path)/s", "--format", "json")
    #expect(report.output == first.output)
  }

  /// Parts of a study in folders of their own, on machines that have other threads or instructions.
  @Test func partsOfAStudyArePutTogether() throws {
    let folder = TemporaryFolder()
    func part(_ index: Int, _ more: String..., environment: [String: String] = [:]) throws -> Tool.Outcome {
      try Tool.run(
        [
          "study", "sweep", "--data", "dots", "--model", "mlp:4", "--batch", "16,64", "--seeds", "2", "--epochs", "1",
          "--threads", "1", "--shard", "\(index)/2", "--output", "\(folder.path)/p\(index)",
        ] + more, environment: environment)
    }
    #expect(try part(1).status == 0)
    let second = try part(2, environment: ["BATCHWISE_ISA": "portable"])
    #expect(second.status == 0 && second.notes.contains("Training 2 trials into"))
    let paths = [1, 2].map { "\(folder.path)/p\($0)" }
    let mixed = try Tool.run(["report"] + paths)
    if InstructionSet.widest != .portable {
      #expect(mixed.status == 64 && mixed.notes.contains("differs in instruction set: "), "\(mixed.notes)")
    }
    // Resumed anywhere, a part goes on with what it was begun with.
    for name in folder.names(in: "p2/trials") { try DurableFile.remove("\(folder.path)/p2/trials/\(name)") }
    let resumed = try part(2, "--threads", "2")
    #expect(resumed.status == 0 && resumed.notes.contains("The study is resumed with the compute context that it was"))
    #expect(resumed.notes.contains("threads: 1 → 2"))
    try DurableFile.remove("\(folder.path)/p2/study.json")
    #expect(try part(2).status == 0)
    let merged = try Tool.run(["report", "--format", "csv"] + paths)
    #expect(merged.status == 0 && merged.output.split(separator: "\n").count == 3)
    #expect(!merged.notes.contains("not finished") && merged.notes.contains("Report: \(paths[0])/report.html"))
    let wrong = try part(3)
    #expect(wrong.status == 64 && wrong.notes.contains("write 2/4 for the second of four parts"))
  }

  static let refusals: [([String], Int32, String)] = [
    (["train", "--data", "dots", "--batch", "0"], 64, "batch sizes '0': a batch size must be at least 1, not 0"),
    (
      ["train", "--data", "dots", "--batch", "99999"], 64, "the batch size 99999 is larger than the data, 1400 examples"
    ),
    (["train", "--data", "dots", "--batch", "8,16"], 64, "train takes one batch size; 'study sweep' takes several"),
    (["train", "--data", "dots", "--model", "cnn:3"], 64, "unknown model 'cnn:3': 'cnn' is not a family of models"),
    (["train", "--data", "imagenet"], 64, "there is no data set 'imagenet'"),
    (["train", "--data", "dots", "--lr=-1"], 64, "the learning rate must be a positive number, not -1.0"),
    (["train", "--data", "dots", "--epochs", "0"], 64, "training needs at least 1 epoch, not 0"),
    (["train", "--data", "dots", "--threads", "0"], 64, "a thread count must lie between 1 and 1024, not be 0"),
    (["train", "--data", "dots", "--validation", "9223372036854775807"], 64, "leave a part empty"),
    (["train", "--data-dir", "/nowhere"], 65, "/nowhere: the folder cannot be read"),
    (["train", "--data", "/nowhere/x.csv"], 65, "/nowhere/x.csv: cannot be read (No such file or directory)"),
    (["train", "--data", "dots", "--lr", "3e38", "--epochs", "1"], 1, "the loss became NaN at update"),
    (
      ["report", "/nowhere"], 65,
      "/nowhere: the folder cannot be read (No such file or directory); give the folder of a study or of a profile"
    ),
    (["report", "/"], 65, "/ holds no study"),
    (
      ["compare", "/nowhere", "/nowhere"], 65,
      "/nowhere: the profile cannot be read (No such file or directory); give a"
    ),
    (["study", "sweep", "--seeds", "0"], 64, "a study needs at least 1 seed, not 0"),
    (["study", "sweep", "--seeds", "99999999999999"], 64, "a study has at most 10000 seeds, not 99999999999999"),
    (["study", "rules", "--seeds", "9223372036854775807"], 64, "a study has at most 10000 seeds"),
    (["study", "sweep", "--data", "dots", "--output", "/proc/nowhere"], 1, "cannot make the folder /proc/nowhere"),
    (["nonsense"], 64, "nonsense"),
  ]

  @Test(arguments: refusals.indices)
  func saysWhatIsWrongAndHowItEnded(_ index: Int) throws {
    let (arguments, status, message) = Self.refusals[index]
    let run = try Tool.run(arguments)
    #expect(run.status == status)
    #expect(run.notes.contains("Error: ") && run.notes.contains(message), "\(run.notes)")
  }

  /// The same mistake has the same code in all commands; `RUN` stands for the folder of a run.
  static let mistakes: [(Int32, [[String]])] = [
    (
      64,
      [
        ["train", "--data", "dots"], ["evaluate", "RUN"], ["predict", "RUN"], ["doctor", "--plan", "8x8"],
        ["doctor", "--ceilings"], ["doctor", "--tune"], ["gemm"], ["profile", "--data", "dots"],
        ["study", "sweep", "--data", "dots", "-o", "RUN/s"], ["study", "rules", "--data", "dots", "-o", "RUN/s"],
      ].map { $0 + ["--threads", "0"] }
    ),
    (
      65,
      [
        ["evaluate"], ["predict"], ["export", "-o", "x.onnx"], ["report"], ["compare", "RUN"], ["train", "--config"],
        ["predict", "RUN", "--input"], ["data", "inspect", "--data-dir"],
      ].map { $0 + ["/nowhere/file"] }
    ),
  ]

  @Test func theSameMistakeHasTheSameCodeEverywhere() throws {
    let folder = TemporaryFolder()
    let run = "\(folder.path)/run"
    #expect(try Tool.run("train", "--data", "dots", "--model", "mlp:4", "--epochs", "1", "-o", run).status == 0)
    for (status, lines) in Self.mistakes {
      for line in lines {
        let outcome = try Tool.run(line.map { $0.replacing("RUN", with: run) })
        #expect(outcome.status == status && outcome.output.isEmpty, "\(line): \(outcome.status), \(outcome.notes)")
      }
    }
  }

  @Test func aMistakeIsToldWithTheUsageOfItsCommand() throws {
    let train = try Tool.run("train", "--data", "dots", "--batch", "8,16").notes
    #expect(train.contains("'study sweep' takes several\nUsage: batchwise train <options>"), "\(train)")
    let plan = try Tool.run("doctor", "--plan", "8x8", "--batch", "full").notes
    #expect(plan.contains("\nUsage: batchwise doctor ") && !plan.contains("<subcommand>"), "\(plan)")
  }

  /// Linux's device that is always full.
  @Test func aResultThatCannotBeWrittenIsAnError() throws {
    for line in [["data", "list"], ["train", "--data", "dots", "--model", "mlp:4", "--epochs", "1", "--quiet"]] {
      let run = try Tool.run(line, into: "/dev/full")
      #expect(run.status == 1)
      #expect(run.notes == "Error: cannot write the result to standard output: No space left on device\n")
    }
  }

  /// What stands in the way of what is asked for, and how it is told.
  static let occupied: [(file: String, kind: String, command: [String], message: String)] = [
    (
      "study.json", "rules", ["study", "sweep"],
      "holds a study of rules, beside which a sweep cannot be kept; give it a folder"
    ),
    ("run.json", "", ["study", "sweep"], "holds a training run, beside which a sweep cannot be kept"),
    (
      "study.json", "sweep", ["study", "rules", "--batch", "8,32"],
      "holds a sweep, beside which a study of rules cannot be kept"
    ),
    ("study.json", "sweep", ["train"], "holds a sweep, beside which a training run cannot be kept"),
    (
      "study.json", "rules", ["train", "--resume"],
      "holds a study of rules, beside which a training run cannot be kept"
    ),
    ("run.json", "", ["profile"], "holds a training run, beside which a profile cannot be kept"),
    ("study.json", "sweep", ["gemm"], "holds a sweep, beside which a profile cannot be kept"),
  ]

  @Test(arguments: occupied.indices)
  func nothingIsWrittenBesideSomethingOfAnotherKind(_ index: Int) throws {
    let (file, kind, command, message) = Self.occupied[index]
    let folder = TemporaryFolder()
    folder.write(#"{"format": 3, "kind": "\#(kind)"}"#, to: file)
    let data = command == ["gemm"] ? [] : ["--data", "dots", "--model", "mlp:4"]
    let run = try Tool.run(command + data + ["--output", folder.path])
    #expect(run.status == 64 && run.output.isEmpty && run.notes.contains(message), "\(run.notes)")
    #expect(folder.names() == [file])
  }

  @Test func aReportSaysWhatAFolderIs() throws {
    let folder = TemporaryFolder()
    let none = try Tool.run("report", folder.path)
    #expect(none.status == 65 && none.notes.contains("holds no study"))
    folder.write("{}", to: "run.json")
    let run = try Tool.run("report", folder.path)
    #expect(
      run.status == 65 && run.notes.contains("the folder holds a training run, which has no report; 'batchwise eva"))
  }

  @Test func studiesTellSettingsWithoutEffect() throws {
    let options = ["--data", "dots", "--model", "mlp:4", "--epochs", "2", "--micro-batch", "64", "--dry-run"]
    let sweep = try Tool.run(["study", "sweep", "--batch", "8,16", "--warm-up", "5"] + options).notes
    #expect(sweep.contains("--micro-batch 64 cuts nothing: no update has more than 16 examples."))
    #expect(sweep.contains("The warm-up of 5 epochs is longer than the training"))
    let rules = try Tool.run(["study", "rules", "--batch", "8,16", "--warm-up", "5"] + options).notes
    #expect(
      rules.contains("no update has more than 32 examples.") && rules.contains("The warm-up of 5 epochs is longer"))
    let growing = ["study", "sweep", "--batch", "8,32", "--batch-schedule", "grow:1:4", "--warm-up", "1"]
    #expect(try Tool.run(growing + options).notes.isEmpty)
  }

  @Test(arguments: [["--help"], ["train", "--help"], ["study", "sweep", "--help"], ["report", "--help"]])
  func helpIsAResult(_ arguments: [String]) throws {
    let run = try Tool.run(arguments)
    #expect(run.status == 0 && run.output.contains("USAGE: batchwise"))
  }
}
