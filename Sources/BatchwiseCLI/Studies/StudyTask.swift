import ArgumentParser
import Batchwise

/// What a study of training runs trains: the data, the model, and the plan that the options of all such studies give.
struct StudyTask {
  /// The data.
  let data: DataSplits
  /// The network.
  let model: Sequential
  /// The plan of a sweep.
  let plan: SweepPlan

  /// Reads the options and loads the data; the recipe is made for the optimizer of the options.
  ///
  /// What is to be known of how the data were read is noted.
  init(
    data: DataOptions, step: StepOptions, training: TrainingOptions, regularisation: RegularisationOptions,
    trials: StudyOptions, batch: String, printing: OutputOptions,
    batchSchedule: any BatchSchedule = .fixed, recipe: (OptimizerSettings) -> TrainingRecipe
  ) throws {
    let optimizer = try step.optimizer()
    let axis = try BatchAxis(batch)
    let text = try ModelText(step.model)
    let splits = try data.load(printing)
    self.data = splits
    model = text.model(for: splits.train)
    plan = SweepPlan(
      data: try data.source().description, splits: splits, model: text.description,
      loss: step.loss(for: splits.train), recipe: recipe(optimizer),
      batchSizes: axis.sizes(fullBatch: splits.train.count), seeds: trials.seedList, epochs: training.epochs,
      lastBatch: training.lastBatch, batchSchedule: batchSchedule, microBatch: training.microBatch,
      regularisation: try regularisation.regularisation(for: splits.train))
  }

  /// The measurement of a plan on the data and the model; settings without effect are noted.
  func measurement<Plan: TrainingStudyPlan>(
    of plan: Plan, _ printing: OutputOptions
  ) throws(TrainingError) -> TrainingMeasurement<Plan> {
    for note in try SettingsWithoutEffect.notes(plan) { printing.note(note) }
    return TrainingMeasurement(plan: plan, data: data, model: model)
  }
}
