import ArgumentParser
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

@testable import BatchwiseCLI

@Suite struct EffectiveConfigurationTests {
  private let folder = TemporaryFolder()

  private func train(_ line: String...) throws -> TrainCommand {
    try #require(try ConfiguredArguments(["train"] + line).command() as? TrainCommand)
  }

  /// Lines whose options are far from their defaults, or hard to write.
  private static let lines: [[String]] = [
    [],
    [
      "--data", "/tmp/ä \"b\"\\\n.csv", "--data-dir=-folder", "--label", "0", "--validation", "7", "--data-seed",
      "18446744073709551615", "--model", "mlp:8:tanh", "--loss", "mean-squared-error", "--lr", "1e-30", "--momentum",
      "0",
      "--nesterov", "--weight-decay", "0.1", "--threads", "1", "--epochs", "3", "--last-batch", "drop", "--format",
      "csv",
      "-q", "--batch", "full", "--seed", "9007199254740993",
    ],
    ["--lr", "inf", "--weight-decay=-0.30000000000000004", "--label", ""],
    [
      "--schedule", "step:30:0.1", "--warm-up", "5%", "--warm-up-from", "1/3", "--lr-rule", "saturating:96",
      "--base-batch", "32", "--batch-schedule", "grow:30,60:5:4096", "--micro-batch", "16",
    ],
    [
      "--clip", "norm:0.1", "--label-smoothing", "0.1", "--averaging", "swa:75%:0.5", "--patience", "2.5", "--stop-on",
      "validation-accuracy", "--minimum-improvement", "1e-4", "--restore-best", "--optimizer", "lars",
      "--weight-decay", "1e-4", "--decay-scope", "all", "--trust-coefficient", "0.002",
    ],
    ["--patience", "1", "--lr-rule", "none", "--base-batch", "8", "--optimizer", "rmsprop", "--centred"],
    [
      "--output=-runs/ä \"b\"", "--resume", "--skip-damaged", "--checkpoint-epochs", "3", "--checkpoint-minutes", "0.5",
      "--keep-checkpoints", "5", "--best-by", "validation-accuracy", "--tensorboard", "--profile-step",
    ],
    ["--output", "r"],
  ]

  @Test(arguments: lines.indices)
  func whatIsWrittenIsReadBack(_ index: Int) throws {
    let line = Self.lines[index]
    let first = try #require(try ConfiguredArguments(["train"] + line).command() as? TrainCommand)
    let configuration = EffectiveConfiguration(command: "train", first)
    let path = "\(folder.path)/train.json"
    try configuration.write(to: path)
    let second = try train("--config", path)
    #expect(EffectiveConfiguration(command: "train", second) == configuration)
    #expect(second.data.data == first.data.data && second.data.dataDir == first.data.dataDir)
    #expect(second.data.label == first.data.label && second.data.dataSeed == first.data.dataSeed)
    #expect(
      second.step.updates.learningRate == first.step.updates.learningRate
        && second.step.network.loss == first.step.network.loss)
    #expect(
      second.step.updates.weightDecay == first.step.updates.weightDecay
        && second.step.updates.nesterov == first.step.updates.nesterov)
    #expect(second.training.lastBatch == first.training.lastBatch && second.single.seed == first.single.seed)
    // An infinite rate is refused later.
    #expect(
      (try? second.step.optimizer()).map(second.recipe.recipe) == (try? first.step.optimizer()).map(first.recipe.recipe)
    )
    #expect(
      second.recipe.batchSchedule.description == first.recipe.batchSchedule.description
        && second.training.microBatch == first.training.microBatch)
    #expect(
      second.regularisation.clip == first.regularisation.clip
        && second.regularisation.averaging == first.regularisation.averaging
        && second.regularisation.patience == first.regularisation.patience
        && second.regularisation.restoreBest == first.regularisation.restoreBest)
    #expect(second.kept.output == first.kept.output && second.kept.resume == first.kept.resume)
    #expect(second.kept.schedule == first.kept.schedule && second.kept.bestMetric == first.kept.bestMetric)
    #expect(second.printing.format == first.printing.format && second.printing.quiet == first.printing.quiet)
    // Other readers of JSON take the file, too.
    let other = try JSONSerialization.jsonObject(with: Data(folder.read("train.json") ?? [])) as? [String: Any]
    #expect(other?.count == configuration.entries.count && other?["batch"] as? String == first.single.batch)
  }

  @Test func theFileNamesTheCommandAndHasALineForEachOption() throws {
    let json = EffectiveConfiguration(command: "train", try train("--lr", "0.5", "--nesterov")).json
    #expect(json.hasPrefix("{\n  \"command\": \"train\",\n  \"data\": \"fashion-mnist\",\n  \"data-dir\": null,\n"))
    #expect(json.contains("\n  \"learning-rate\": 0.5,\n") && json.contains("\n  \"nesterov\": true,\n"))
    #expect(json.hasSuffix("\n  \"profile-step\": false\n}\n"))
  }

  /// What a default decides is written, and read back to the same settings.
  @Test(arguments: OptimizerSettings.Kind.allCases)
  func optimizersAreWrittenInFull(_ kind: OptimizerSettings.Kind) throws {
    for more in [[], ["--weight-decay", "0.1"], ["--weight-decay", "0"]] {
      let line = ["--optimizer", kind.rawValue] + more
      let options = try OptimizerOptions.parse(line)
      let full = try options.completed()
      let words = full.entries.compactMap { entry -> String? in
        switch entry.value {
        case .number(let text), .text(let text): "--\(entry.key)=\(text)"
        default: nil
        }
      }
      let again = try OptimizerOptions.parse(words)
      #expect(try again.settings() == options.settings() && again.learningRate != nil && again.weightDecay != nil)
      #expect(again.entries == full.entries)
    }
  }

  /// An option that a command takes and does not write would be lost without a word.
  @Test func everyOptionIsWritten() throws {
    let written = EffectiveConfiguration(command: "train", try train()).entries.map(\.key)
    let taken = try CommandDescription.tool.command(for: ["train"]).description.options.compactMap(\.name)
    #expect(Set(written) == Set(taken + ["command"]) && written.count == taken.count + 1)
  }
}
