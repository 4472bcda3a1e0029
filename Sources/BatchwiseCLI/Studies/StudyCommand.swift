import ArgumentParser

/// `batchwise study`: many training runs that answer one question.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "Measure what batch size does to training.",
    subcommands: [
      StudySweepCommand.self, StudyRulesCommand.self, StudyNoiseScaleCommand.self, StudyBranchCommand.self,
      StudyStepsToGoalCommand.self,
    ])
}
