import Batchwise

// Teaches a small network to tell the red dots from the blue ones, and checks that it has learned to.
@main
struct TrainDots {
  static func main() throws {
    try BLASLibrary.prepare()
    let data = try DataSource.dots(examples: 6000).load(seed: 1)
    let model = Sequential(inputShape: data.train.exampleShape) {
      Dense(16, .relu)
      Dense(2)
    }
    let team = try ThreadTeam(threads: ThreadTeam.availableProcessors)
    let trainer = try Trainer<Float>(
      model: model, data: data, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1, momentum: 0.9),
      plan: TrainingPlan(batchSize: 32, epochs: 5, seed: 1), team: team)
    _ = try trainer.run(
      TrainingObserver(onEvaluation: { record in
        if record.epoch == record.epoch.rounded() { print("epoch \(Int(record.epoch)): loss \(record.validationLoss)") }
      }))
    let test = try Evaluator(trainer.step.network, on: data.test, loss: .softmaxCrossEntropy, team: team).evaluate()
    let accuracy = test.accuracy ?? 0
    print("test accuracy \(accuracy)")
    // The clouds overlap: no rule is right for more than 97.0 % of the dots.
    precondition(accuracy > 0.95, "the network has not learned to tell the dots apart")
  }
}
