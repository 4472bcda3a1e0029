import ArgumentParser
import Batchwise

/// `batchwise study branch`: what batch each moment of a training can take.
struct StudyBranchCommand: StudySubcommand {
  typealias Report = BranchReport

  static let configuration = CommandConfiguration(
    commandName: "branch",
    abstract: "From moments of a pilot run, go on with larger batches for a while, and report which lose nothing.",
    discussion: """
      Each seed is a pilot with branches that start from its weights, optimizer state and place in the data. Finished \
      pilots are kept in the output folder: the same command again resumes a study that was cut short, and 'batchwise \
      report FOLDER' shows what is there at any time.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Schedules") var rate: ScheduleOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions
  @OptionGroup(title: "Branches") var branches: BranchOptions
  @OptionGroup var printing: OutputOptions

  @Option(help: ArgumentHelp("The pilot's batch size, for which the learning rate is right.", valueName: "size"))
  var batch = "32"

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output = "studies/branch"

  @OptionGroup var trials: StudyOptions

  @OptionGroup var config: ConfigurationOptions

  var threadCount: Int { step.threadCount }
  var engine: GEMMEngine? { step.engine }

  func measurement() throws -> BranchMeasurement {
    let task = try StudyTask(
      data: data, step: step, training: training, regularisation: regularisation, trials: trials, batch: batch,
      printing: printing
    ) { TrainingRecipe(optimizer: $0.optimizer, schedule: rate.schedule) }
    for note in try SettingsWithoutEffect.notes(task.plan) { printing.note(note) }
    let plan = try branches.plan(task.plan)
    if let problem = plan.problemOfBranches, problem == plan.problem {
      throw ValidationError("\(problem) (--length, --multiples, --at)")
    }
    return BranchMeasurement(plan: plan, data: task.data, model: task.model)
  }
}

/// When branches leave the pilot, at which batches, for how long, and how they are judged.
struct BranchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "When branches leave the pilot: shares of its run, with commas between them.", valueName: "shares"))
  var at = "0.125,0.25,0.5"

  @Option(
    help: ArgumentHelp(
      "What the pilot's batch is multiplied by: 1..32:x2, or several; without it 1, 2, 4, … 32, as far as each has 16 "
        + "updates.", valueName: "multiples"))
  var multiples: String?

  @Option(
    help: ArgumentHelp(
      "How long a branch is, in epochs (0.5) or as a share of training (5%); a sixteenth of it without this option, more in "
        + "short trainings.", valueName: "length"), transform: { try TrainingLength($0) })
  var length: TrainingLength?

  @Option(
    help: ArgumentHelp(
      "How the rate of a branch follows from the pilot's, by rules with commas between them, of which the best counts: none, "
        + "linear, sqrt, adam-sqrt or saturating:BATCH; without it linear, and sqrt for optimizers such as Adam.",
      valueName: "rules"))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "By which share of the least loss of smaller batches a loss may lie above it and lose nothing.",
      valueName: "share"))
  var tolerance = 0.01

  @Option(help: ArgumentHelp("On how many training examples branches are evaluated.", valueName: "count"))
  var evaluate = 2048

  func validate() throws {
    _ = (try moments, try ruleList())
    guard evaluate >= 1 else { throw ValidationError("--evaluate must be at least 1") }
    guard tolerance >= 0, tolerance < 1 else { throw ValidationError("--tolerance is a share from 0 to below 1") }
  }

  private var moments: [Double] {
    get throws {
      try at.split(separator: ",", omittingEmptySubsequences: false).map { text in
        guard let share = Double(text), share > 0, share < 1 else {
          throw ValidationError(
            "--at takes shares of the run above 0 and below 1 with commas between them, as 0.25,0.5")
        }
        return share
      }
    }
  }

  private func ruleList() throws -> [any LearningRateRule]? {
    try rules?.split(separator: ",", omittingEmptySubsequences: false).map { text in
      do {
        return try LearningRateRuleCodec.read(String(text))
      } catch LearningRateRuleError.unreadable(_, let reason) {
        throw ValidationError("--rules takes none, linear, sqrt, adam-sqrt or saturating:BATCH, and \(reason)")
      }
    }
  }

  /// The study's plan, from what its pilots share.
  func plan(_ common: SweepPlan) throws -> BranchPlan {
    BranchPlan(
      common: common, moments: Set(try moments).sorted(),
      multiples: try multiples.map { try BatchAxis($0).sizes(fullBatch: 1) }, length: length,
      rules: try ruleList(), tolerance: tolerance, evaluatedCount: evaluate)
  }
}
