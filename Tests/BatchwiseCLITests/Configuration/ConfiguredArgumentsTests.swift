import BatchTestSupport
import Foundation
import Testing

@testable import BatchwiseCLI

@Suite struct ConfiguredArgumentsTests {
  private let folder = TemporaryFolder()

  /// The command that a line with a file comes to.
  private func command<Command>(_ file: String, _ line: String..., as type: Command.Type) throws -> Command {
    let path = folder.write(file, to: "c.json")
    return try #require(try ConfiguredArguments(line + ["--config", path]).command() as? Command)
  }

  @Test func keysAreOptions() throws {
    let train = try command(
      """
      {"command": "train", "batch": 64, "epochs": 3, "nesterov": true, "quiet": false, "lr": 5e-2, "data": "dots",
       "label": "a b", "loss": null, "last-batch": "wrap", "data-seed": "18446744073709551615"}
      """, "train", as: TrainCommand.self)
    #expect(
      train.single.batch == "64" && train.training.epochs == 3 && train.step.updates.nesterov && !train.printing.quiet)
    #expect(train.step.updates.learningRate == 0.05 && train.data.data == "dots" && train.data.label == "a b")
    #expect(train.step.network.loss == nil && train.training.lastBatch == .wrap && train.data.dataSeed == .max)
  }

  @Test func theCommandLineWins() throws {
    let file = "{\"batch\": 64, \"epochs\": 3, \"nesterov\": false, \"learning-rate\": 1, \"momentum\": 0.5}"
    let train = try command(
      file, "train", "--batch", "8", "--lr=2", "--nesterov", "--epochs", "5", as: TrainCommand.self)
    #expect(
      train.single.batch == "8" && train.step.updates.learningRate == 2 && train.step.updates.nesterov
        && train.training.epochs == 5)
    #expect(train.step.updates.momentum == 0.5)
    let sweep = try command("{\"output\": \"a\"}", "study", "sweep", "-o", "b", as: StudySweepCommand.self)
    #expect(sweep.output == "b")
  }

  @Test func theCommandLineWinsOverFlags() throws {
    let file = "{\"quiet\": true, \"resume\": true, \"tensorboard\": true, \"nesterov\": true, \"output\": \"r\"}"
    let set = try command(file, "train", as: TrainCommand.self)
    #expect(set.printing.quiet && set.kept.resume && set.kept.tensorboard && set.step.updates.nesterov)
    let unset = try command(
      file, "train", "--no-quiet", "--no-resume", "--no-tensorboard", "--no-nesterov", as: TrainCommand.self)
    #expect(!unset.printing.quiet && !unset.kept.resume && !unset.kept.tensorboard && !unset.step.updates.nesterov)
    #expect(try !command("{\"quiet\": true}", "train", "-q", "--no-quiet", as: TrainCommand.self).printing.quiet)
  }

  /// An entry that needs another is not at fault for the mistake of a third.
  @Test func theEntryAtFaultIsNamed() throws {
    let file = "{\"checkpoint-epochs\": 1, \"output\": \"r\", \"format\": \"x\"}"
    let error = try #require(throws: ConfigurationError.self) { try command(file, "train", as: TrainCommand.self) }
    #expect(error.key == "format", "\(error)")
    let lone = "{\"checkpoint-epochs\": 1}"
    let needs = try #require(throws: ConfigurationError.self) { try command(lone, "train", as: TrainCommand.self) }
    #expect(needs.key == "checkpoint-epochs" && needs.problem.contains("needs --output"))
  }

  @Test func aListGivesWayAsAWhole() throws {
    let file = "{\"layer\": [\"784x512\", \"512x10\"], \"pass\": \"forward\", \"library-prefix\": \"\"}"
    let whole = try command(file, "gemm", as: GEMMCommand.self)
    #expect(whole.shapes.layer == ["784x512", "512x10"] && whole.passes == [.forward] && whole.libraryPrefix.isEmpty)
    for line in [["gemm", "--layer", "8x8"], ["gemm", "--layer=8x8"]] {
      let path = folder.write(file, to: "c.json")
      let command = try ConfiguredArguments(line + ["--config=\(path)"]).command() as? GEMMCommand
      #expect(command?.shapes.layer == ["8x8"] && command?.passes == [.forward])
    }
    #expect(try command("{\"layer\": []}", "gemm", as: GEMMCommand.self).shapes.layer.isEmpty)
    #expect(try command("{\"threads\": [1, 2]}", "doctor", "--ceilings", as: DoctorCommand.self).threads == [1, 2])
  }

  /// A file for 'train', and what is said of it.
  private static let refused: [(String, String)] = [
    (
      "{\"epoch\": 3}",
      "'epoch' is no option of 'batchwise train'; the keys that it takes are command, alpha, averaging, base-"
    ),
    ("{\"--epochs\": 3}", "'--epochs' is no option"), ("{\"q\": true}", "'q' is no option"),
    ("{\"no-quiet\": true}", "'no-quiet' is no option"), ("{\"help\": true}", "'help' is no option"),
    ("{\"version\": true}", "'version' is no option"),
    ("{\"layer\": [\"8x8\"]}", "'layer' is no option of 'batchwise train'"),
    (
      "{\"config\": \"b.json\"}",
      "'config' cannot stand in a configuration file; put the other file's keys into this one"
    ),
    ("{\"command\": \"gemm\"}", "'command' says that the file is for 'batchwise gemm', not for 'batchwise train'"),
    ("{\"command\": true}", "'command' takes the name of a command, not true"),
    ("{\"nesterov\": 1}", "'nesterov' is a flag and takes true or false, not 1"),
    ("{\"nesterov\": \"true\"}", "'nesterov' is a flag and takes true or false, not \"true\""),
    ("{\"batch\": true}", "'batch' takes a text or a number, not true"),
    ("{\"batch\": [8, \"16\"]}", "'batch' takes one value, not the list [8, \"16\"]"),
    (
      "{\"lr\": 1, \"learning-rate\": 2}",
      "'learning-rate' is another name of 'lr', which is there, too; keep one of them"
    ),
    ("{\"seed\": 1, \"epochs\": 1.5}", "'epochs' is refused: The value '1.5' is invalid for '--epochs <count>'"),
    ("{\"last-batch\": \"x\"}", "'last-batch' is refused: The value 'x' is invalid"),
  ]

  @Test(arguments: refused.indices)
  func whatMakesNoSenseIsRefused(_ index: Int) throws {
    let (file, message) = Self.refused[index]
    let error = try #require(throws: ConfigurationError.self) { try command(file, "train", as: TrainCommand.self) }
    #expect(error.kind == .usage && error.description.hasPrefix("\(folder.path)/c.json: \(message)"), "\(error)")
  }

  @Test func refusalsKnowWhoIsAtFault() throws {
    let both = "{\"alignment\": 8, \"refine\": true}"
    let together = try #require(throws: ConfigurationError.self) { try command(both, "gemm", as: GEMMCommand.self) }
    #expect(together.key == nil && together.problem.contains("ask for one"))
    let list = "{\"layer\": [\"8x8\", null]}"
    let null = try #require(throws: ConfigurationError.self) { try command(list, "gemm", as: GEMMCommand.self) }
    #expect(null.key == "layer")
    // A mistake of the line is the line's, with its usage.
    let error = try #require(throws: (any Error).self) {
      try command("{\"epochs\": \"x\"}", "train", "--seed", "y", as: TrainCommand.self)
    }
    #expect(!(error is ConfigurationError) && BatchwiseCommand.message(for: error).contains("'--seed <number>'"))
  }

  @Test func filesThatCannotBeReadAreRefused() throws {
    for (path, reason) in [("/nowhere/c.json", "No such file or directory"), (folder.path, "Is a directory")] {
      let error = try #require(throws: ConfigurationError.self) {
        try ConfiguredArguments(["train", "--config", path]).command()
      }
      #expect(
        error.description
          == "\(path): the configuration file cannot be read (\(reason)); check the path of --config")
      #expect(ExitStatus(error.category) == .badData)
    }
    #expect(throws: ConfigurationError.self) {
      try ConfiguredArguments(["train", "--config=a", "--config", "b"]).command()
    }
  }

  @Test func linesWithoutAFileStayAsTheyAre() throws {
    let train = try ConfiguredArguments(["train", "--batch", "8"]).command() as? TrainCommand
    #expect(train?.single.batch == "8" && train?.config.config == nil)
    for line in [
      ["train", "--config"], ["train", "--config", "--quiet"], ["--config", "a", "train"], ["data", "--config", "a"],
    ] {
      let error = try #require(throws: (any Error).self) { try ConfiguredArguments(line).command() }
      #expect(!(error is ConfigurationError), "\(line)")
    }
  }
}
