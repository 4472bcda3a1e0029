import BatchTestSupport
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
    #expect(second.output.format == first.output.format && second.output.quiet == first.output.quiet)
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

  /// An option that a command takes and does not write would be lost without a word.
  @Test func everyOptionIsWritten() throws {
    let written = EffectiveConfiguration(command: "train", try train()).entries.map(\.key)
    let taken = try CommandDescription.tool.command(for: ["train"]).description.options.compactMap(\.name)
    #expect(Set(written) == Set(taken + ["command"]) && written.count == taken.count + 1)
  }
}
