import BatchData
import Batchwise

/// Checkpoints of training runs, and beside each what the networks in it compute.
enum CheckpointSamples {
  static func write(to folder: String) throws {
    let folder = "\(folder)/checkpoints"
    try DurableFile.makeFolder(folder)
    try write(as: Float.self, to: folder)
    try write(as: Double.self, to: folder)
  }

  /// A run with everything that a checkpoint may hold: two vectors of the optimizer, averaged and best weights.
  private static func write<S: Scalar>(as scalar: S.Type, to folder: String) throws {
    let path = "\(folder)/\(S.precisionName)"
    let data = try DataSource.dots(examples: 400).load(validation: 50, seed: 1)
    let model = try ModelText("mlp:9:relu:dropout=0.2")
    let trainer = try Trainer<S>(
      model: model.model(for: data.train), data: data, loss: .softmaxCrossEntropy, optimizer: AdamW(learningRate: 0.01),
      plan: TrainingPlan(
        batchSize: 32, epochs: 3, seed: 7,
        regularisation: Regularisation(
          averaging: .ema(decay: 0.9), earlyStopping: EarlyStopping(patience: .epochs(2), restoresBest: true))),
      team: ThreadTeam(threads: 1))
    _ = try trainer.run()
    let run = RunDescription(
      model: model.description, splits: data, loss: .softmaxCrossEntropy, data: "dots", dataSeed: 1)
    try trainer.save(to: "\(path).safetensors", metadata: run.metadata)

    let inputs = try data.validation.subset(Array(0..<20)).features
    try ExchangeSamples.write(inputs, to: "\(path).inputs.npy")
    try ExchangeSamples.write(
      ExchangeSamples.outputs(of: trainer.step.network, for: inputs), to: "\(path).outputs.npy")
    try ExchangeSamples.write(
      ExchangeSamples.outputs(of: trainer.network, for: inputs), to: "\(path).average.outputs.npy")
  }
}
