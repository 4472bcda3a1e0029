import ArgumentParser
import Batchwise

/// How the learning rate changes during a training.
struct ScheduleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the rate changes: constant, step:30:0.1, multi-step:30,60:0.1, cosine, polynomial:2, exponential:0.9, "
        + "one-cycle, with lengths in epochs (5) or shares of training (5%); constant without it.",
      valueName: "schedule"),
    transform: { try ScheduleText($0) })
  var schedule: ScheduleText = .constant
}

extension ScheduleOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] { [ConfigurationEntry("schedule", schedule.description)] }
}
