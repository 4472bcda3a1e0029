import ArgumentParser
import Batchwise

/// `batchwise verify`: a recommendation put to the test.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Put a recommendation to the test: train at its batch and at others, and say what it loses.",
    discussion: """
      Trained are the recommended batch, a quarter, half, twice and four times of it, and 32, the rate tuned for each, with \
      seeds that the recommendation has not seen. The command reads the folder that 'batchwise recommend' wrote, and what \
      it was asked with.
      """)

  @Argument(help: "The folder that 'batchwise recommend' wrote.")
  var recommendation: String

  @Option(
    help: ArgumentHelp(
      "The number of seeds of each batch size, one of which is for the rate; 9 without it, or 15 where runs are short.",
      valueName: "count"))
  var seeds: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of the runs; 'verify' in that of the recommendation without it.", valueName: "folder"))
  var output: String?

  @OptionGroup var printing: OutputOptions
  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard 2...1000 ~= seeds ?? 2 else { throw ValidationError("--seeds must be 2 to 1000") }
  }

  func run() throws {
    try Machine.prepare()
    let results = try StudyResults<RecommendPlan>(folder: recommendation)
    try results.requireFinished(in: recommendation)
    let plan = try VerifyPlan(results, seeds: seeds ?? VerifyPlan.usualSeeds(results))
    // Data and model are what the recommendation was asked for.
    guard
      let asked = try ConfiguredArguments(results.description.arguments[...]).command() as? RecommendCommand
    else {
      throw ValidationError(
        "the recommendation in \(recommendation) was not made by this tool, which does not know where its data are")
    }
    let splits = try asked.data.load(printing)
    let text = try ModelText(asked.step.model)
    guard Fingerprint.of(splits) == plan.common.dataFingerprint else {
      throw StudyError.otherExamples(folder: recommendation)
    }
    let folder = output ?? "\(recommendation)/verify"
    let study = try Study(
      GoalMeasurement(plan: plan, data: splits, model: text.model(for: splits.train)), folder: folder,
      context: results.description.context, arguments: Array(CommandLine.arguments.dropFirst()))
    try StudyProgress<VerifyReport>(study, printing: printing).run(study, folder: folder)
    try StudyReportFiles.write(folders: [folder], printing: printing)
  }
}
