import BatchAlgebra
import BatchData
import BatchFoundation
import BatchScience
import BatchTestSupport
import BatchTraining

/// A run of some updates on made-up points, whose checkpoints and folders are changed.
enum SmallRun {
  struct Settings: Sendable {
    var optimizer: any Optimizer
    var regularisation: Regularisation
    var schedule: any LearningRateSchedule
  }

  static let variants: [Settings] = [
    Settings(
      optimizer: forced { try SGD(learningRate: 0.1, momentum: 0.5) }, regularisation: .none, schedule: .constant),
    Settings(
      optimizer: forced { try Adam(learningRate: 0.01) },
      regularisation: forced {
        try Regularisation(
          clipping: GradientClipping("norm:1"), labelSmoothing: 0.1, averaging: WeightAveraging("ema:0.9"),
          earlyStopping: EarlyStopping(patience: EarlyStopping.Patience("2")))
      }, schedule: forced { try ScheduleCodec.read("warm-up:1:1/8:cosine") }),
  ]

  static let splits = forced { try DataSource(parsing: data).load(seed: 1) }
  static let description = RunDescription(
    model: "mlp:4:tanh", splits: splits, loss: .softmaxCrossEntropy, data: data, dataSeed: 1)
  private static let data = "dots:examples=60"

  static func run(
    _ settings: Settings, folder: String?, epochs: Int = 2, resuming point: ResumePoint? = nil
  ) throws -> TrainingRun {
    let plan = TrainingPlan(
      batchSize: 16, epochs: epochs, seed: 3, schedule: settings.schedule, regularisation: settings.regularisation)
    let model = try ModelText(description.model).model(for: splits.train)
    let trainer = try Trainer<Float>(
      model: model, data: splits, loss: .softmaxCrossEntropy, optimizer: settings.optimizer, plan: plan,
      team: ThreadTeam(threads: 1), context: .oneThread)
    return try TrainingRun(
      trainer, description: description, splits: splits, optimizer: OptimizerSettings(settings.optimizer),
      folder: folder, resuming: point, acceptingOtherContext: true)
  }

  /// What `evaluate`, `predict`, `export` and `train --resume` make of a checkpoint.
  static func use(_ checkpoint: Checkpoint) throws {
    if let run = try checkpoint.run() {
      let model = try ModelText(run.model).model(inputShape: run.inputShape, outputs: run.outputs)
      let network: Network<Float> = try checkpoint.network(model, context: .oneThread)
      _ = try ONNXExport(
        loss: run.loss, classNames: run.classNames, inputDivisor: run.inputDivisor,
        standardisation: run.standardisation, standardisesInput: true
      ).encode(network)
      if network.inputCount == splits.train.featureCount {
        let plain = try Dataset(
          name: "points", features: splits.test.features,
          targets: .values(Matrix(rows: splits.test.count, columns: network.outputCount)))
        _ = try Evaluator(network, on: plain, loss: .meanSquaredError, team: ThreadTeam(threads: 1)).predictions()
      }
    }
    for settings in variants where checkpoint.record.optimizer == "\(settings.optimizer)" {
      let trainer = try run(settings, folder: nil, epochs: 3).trainer
      try trainer.restore(checkpoint, acceptingOtherContext: true)
      _ = try trainer.run()
    }
  }

  /// Times of this run, in JSON or in a checkpoint's header, replaced by ones that are the same each time; as long.
  static func settled(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for key in ["\"seconds\":", "\\\"seconds\\\":"].map({ Array($0.utf8) }) {
      var (place, count) = (0, 0)
      while place + key.count < bytes.count {
        defer { place += 1 }
        guard bytes[place] == key[0], bytes[place...].starts(with: key) else { continue }
        let start = place + key.count
        let end = bytes[start...].firstIndex { !Array("0123456789.e-+".utf8).contains($0) } ?? bytes.count
        // A number as short as 0 stays: it is one.
        let digits = "\(0.25 + 0.25 * Double(count))"
        guard end - start >= digits.count else { continue }
        count += 1
        bytes.replaceSubrange(
          start..<end, with: digits.utf8 + [UInt8](repeating: UInt8(ascii: "0"), count: end - start - digits.count))
      }
    }
    SealedTensors.seal(&bytes)
    return bytes
  }

  /// A value of which it is known that it can be made.
  private static func forced<Value>(_ make: () throws -> Value) -> Value {
    do {
      return try make()
    } catch {
      fatalError("\(error)")
    }
  }
}
