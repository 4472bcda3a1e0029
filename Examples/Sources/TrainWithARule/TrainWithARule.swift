import Batchwise
import Foundation

// A recipe that was found at 16 examples an update, carried to 256 by the linear rule with a warm-up. The run is cut in
// the middle, resumed from its checkpoint, evaluated, and written as a model for onnxruntime.
@main
struct TrainWithARule {
  static func main() throws {
    try BLASLibrary.prepare()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("train-with-a-rule-\(getpid())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let data = try DataSource.spirals(examples: 12_000).load(seed: 1)
    let model = Sequential(inputShape: data.train.exampleShape) {
      Dense(64, .relu)
      Dense(64, .relu)
      Dense(2)
    }

    // The settings that are right at the base batch, and what the rule makes of them: sixteen times the batch, sixteen
    // times the rate, which the warm-up begins with at what it was.
    let recipe = TrainingRecipe(
      optimizer: try SGD(learningRate: 0.01, momentum: 0.9), schedule: try CosineDecay(),
      warmUp: .epochs(3), rule: LinearScalingRule(), baseBatch: 16)
    let batch = 256
    let (optimizer, schedule) = try recipe.settings(batch: batch)
    print("\(recipe.optimizer) at 16 examples an update, \(optimizer) at \(batch); schedule \(schedule)")

    let team = try ThreadTeam(threads: ThreadTeam.availableProcessors)
    func makeTrainer() throws -> Trainer<Float> {
      try Trainer(
        model: model, data: data, loss: .softmaxCrossEntropy, optimizer: optimizer,
        plan: TrainingPlan(batchSize: batch, epochs: 20, seed: 1, schedule: schedule), team: team)
    }

    // What a kill or a power cut does, done politely: ten epochs, and only the file is left.
    let checkpoints = CheckpointFolder(path: folder)
    do {
      let trainer = try makeTrainer()
      _ = try trainer.run(TrainingObserver(shouldStop: { trainer.progress.epoch == 10 }))
      try checkpoints.saveLast(trainer)
    }
    let trainer = try makeTrainer()
    try trainer.restore(checkpoints.last())
    print("resumed after update \(trainer.progress.update) of \(trainer.plannedUpdates)")
    let outcome = try trainer.run()
    precondition(outcome == .finished, "the run has not come to its end")

    let test = try Evaluator(trainer.network, on: data.test, loss: .softmaxCrossEntropy, team: team).evaluate()
    let accuracy = test.accuracy ?? 0
    print("test accuracy \(accuracy)")
    precondition(accuracy > 0.95, "the network has not learned to tell the arms of the spirals apart")

    // Takes points as they are: the model standardises them itself.
    let export = ONNXExport(
      loss: .softmaxCrossEntropy, standardisation: data.standardisation, standardisesInput: true)
    try export.write(trainer.network, to: "\(folder)/spirals.onnx")
    let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/spirals.onnx")[.size] ?? 0
    print("the ONNX model has \(size) bytes")
  }
}
