import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchScience
import BatchTestSupport
import BatchTraining

/// What is written on the command line and in the settings of files.
extension FuzzedReader {
  static let trainingTexts: [FuzzedReader] = [
    text("model", ["mlp", "mlp:512,512", "mlp:256,256:tanh", "mlp:64,3:relu:dropout=0.2", "mlp:1:gelu"]) { text in
      let model = try ModelText(text).model(inputShape: [3, 2], outputs: 4)
      let optimizer = try SGD(learningRate: 0.1, momentum: 0.9)
      for capacity in [1, 64, Int(Int32.max)] {
        _ = try StepMemory(
          model, loss: .softmaxCrossEntropy, optimizer: optimizer, capacity: capacity, context: .oneThread
        ).byteCount
      }
    },
    text(
      "schedule",
      [
        "constant", "step:30:0.1", "multi-step:1,5,9:0.5", "cosine:0.01", "polynomial:2:1/8", "exponential:0.9",
        "one-cycle:30%:0.04:4e-6:linear", "warm-up:5:1/8:cosine", "warm-up:5%:1/32:warm-up:1:0.5:step:1:0.1",
      ]
    ) { text in
      let schedule = try ScheduleCodec.read(text)
      for position in positions { _ = schedule.factor(at: position) }
      guard try ScheduleCodec.read(schedule.description).description == schedule.description else {
        preconditionFailure("it does not read back")
      }
    },
    text("batch-schedule", ["fixed", "grow:1,2:2", "grow:30%,60%:4:512"]) { text in
      let schedule = try BatchScheduleCodec.read(text)
      for position in positions {
        _ = schedule.batchSize(at: position, from: 32)
        _ = schedule.rateFactor(at: position, from: 32)
      }
      _ = schedule.largestBatchSize(from: 32, examplesPerEpoch: 55_000, totalExamples: 5_500_000)
    },
    text("rule", ["none", "linear", "sqrt", "adam-sqrt", "saturating:96", "legw"]) { text in
      let rule = try LearningRateRuleCodec.read(text)
      let optimizers: [any Optimizer] = [try SGD(learningRate: 0.1), try Adam(learningRate: 0.001)]
      try oneOf(optimizers) { optimizer in
        let recipe = TrainingRecipe(
          optimizer: optimizer, schedule: .constant, warmUp: .epochs(1), warmUpStart: nil, rule: rule, baseBatch: 32)
        try oneOf([1, 32, 4096, .max]) { _ = try recipe.settings(batch: $0) }
      }
    },
    text("length", ["5", "5%", "0.5", "1e3"]) { text in
      let length = try TrainingLength(text)
      for position in positions { _ = length.isReached(at: position) }
      _ = length.description
    },
    text("clipping", ["norm:1", "value:0.5"]) { _ = try GradientClipping($0).description },
    text("averaging", ["ema:0.99", "swa:75%", "swa:5:2"]) { _ = try WeightAveraging($0).description },
    text("patience", ["5", "20-evaluations"]) { _ = try EarlyStopping.Patience($0).description },
    json("optimizer", optimizers) { bytes in
      let settings = try RecordJSON.decode(OptimizerSettings.self, from: bytes, path: "optimizer")
      _ = settings.wrappedValue.description
      _ = settings.wrappedValue.rule(step: 1, for: .weight)
    },
    json("regularisation", SmallRun.variants.map { RecordJSON.text($0.regularisation) }) { bytes in
      _ = try RecordJSON.decode(Regularisation.self, from: bytes, path: "regularisation")
    },
  ]

  static let profilingTexts: [FuzzedReader] = [
    text("axis", ["1..2048:x2", "32..128:8", "1,7,64", "full", "1..16,full,32..64:x2"]) { text in
      let axis = try BatchAxis(text)
      guard axis.sizes(fullBatch: 60_000).count <= BatchAxis.limit + 1 else {
        preconditionFailure("an axis of too many batch sizes")
      }
    },
    text("layer", ["784x512", "1x1", "4096x4096"]) { _ = try LayerShape($0).description },
    text("range", ["none", "16...", "4...256", "4...256/4"]) { text in
      guard let range = BatchRange(text) else { throw Refusal(reason: "no range") }
      for batch in [1, 16, 255, .max] { _ = range.contains(batch) }
    },
    text("shard", ["1/2", "3/3"]) { text in
      guard let shard = StudyShard(text) else { throw Refusal(reason: "no shard") }
      _ = "\(shard)"
    },
    text(
      "data",
      [
        "dots", "dots:examples=500,distance=3", "spirals:examples=90,arms=3,noise=0.1,turns=2",
        "teacher:examples=90,features=5,width=4,classes=3,noise=0.1", "data.csv", "a/b.npz", "fashion-mnist",
      ]
    ) { text in
      let source = try DataSource(parsing: text, directory: "/nonexistent")
      // What a task of millions of examples takes is what was asked for.
      switch source {
      case .dots(let task) where task.examples < 1000: _ = try source.load(seed: 1)
      case .spirals(let task) where task.examples < 1000: _ = try source.load(seed: 1)
      case .teacher(let task)
      where task.examples < 1000 && max(task.features, task.width, task.classes, 1000) == 1000:
        _ = try source.load(seed: 1)
      default: break
      }
    },
  ]

  private static func text(
    _ name: String, _ texts: [String], read: @escaping @Sendable (String) throws -> Void
  ) -> FuzzedReader {
    FuzzedReader(name: name, corpus: { _ in texts.map { FuzzInput($0) } }, read: { input, _ in try read(input.text) })
  }

  private static func json(
    _ name: String, _ texts: [String], read: @escaping @Sendable ([UInt8]) throws -> Void
  ) -> FuzzedReader {
    FuzzedReader(
      name: name, corpus: { _ in texts.map { FuzzInput($0, name: "\(name).json") } },
      read: { input, _ in try read(input.bytes) })
  }

  private static let optimizers = OptimizerSettings.Kind.allCases.map { kind in
    (try? OptimizerSettings(kind, learningRate: 0.1)).map { RecordJSON.text($0) } ?? ""
  }

  /// Beginnings, ends and places beyond them, of trainings of every size.
  private static let positions = [
    TrainingPosition(examples: 0, examplesPerEpoch: 1, totalExamples: 1),
    TrainingPosition(examples: 100, examplesPerEpoch: 60, totalExamples: 600),
    TrainingPosition(examples: 600, examplesPerEpoch: 60, totalExamples: 600),
    TrainingPosition(examples: 1 << 50, examplesPerEpoch: 1 << 31, totalExamples: 1 << 52),
    TrainingPosition(examples: .max, examplesPerEpoch: .max, totalExamples: .max),
  ]
}
