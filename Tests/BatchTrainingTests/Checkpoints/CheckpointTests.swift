import BatchAlgebra
import BatchData
import BatchFormats
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// One checkpoint: what is in the file, and when it is refused.
@Suite struct CheckpointTests {
  private let folder = TemporaryFolder()

  /// A run with a state of every kind.
  private func run() throws -> TinyRun {
    var run = TinyRun(OptimizerSettings(try Adam(learningRate: 0.02)))
    run.regularisation = try Regularisation(
      averaging: .ema(decay: 0.9), earlyStopping: EarlyStopping(patience: .epochs(5), restoresBest: true))
    return run
  }

  /// The run of that many updates, saved.
  private func saved<S: Scalar>(
    _ run: TinyRun, after updates: Int = 12, _: S.Type = Float.self, as name: String = "c.safetensors"
  ) throws -> (trainer: Trainer<S>, path: String) {
    let trainer = try run.trainer(S.self)
    _ = try trainer.run(TrainingObserver(shouldStop: { trainer.progress.update == updates }))
    let path = "\(folder.path)/\(name)"
    try trainer.save(to: path, metadata: ["note": "kept", "batchwise.note": "ours"])
    return (trainer, path)
  }

  private func refusal(_ path: String) -> CheckpointError? {
    thrownError { () throws(CheckpointError) in try Checkpoint(path: path) }
  }

  @Test func theFileHoldsWhatItSays() throws {
    let (trainer, path) = try saved(run())
    let checkpoint = try Checkpoint(path: path)
    #expect(checkpoint.record == trainer.record && checkpoint.metadata == ["note": "kept"])
    #expect(checkpoint.record.layers == "dense 9 tanh; dense 2" && checkpoint.record.inputShape == [2])
    #expect(checkpoint.record.context.precision == .float && checkpoint.record.optimizer == "Adam, rate 0.02")
    #expect(checkpoint.record.trainingExamples == 210 && checkpoint.record.progress.update == 12)
    let slots = ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]
    let prefixes = ["", "optimizer.exp_avg.", "optimizer.exp_avg_sq.", "average.", "best."]
    #expect(Set(checkpoint.file.tensors.map(\.name)) == Set(prefixes.flatMap { prefix in slots.map { prefix + $0 } }))
    // The plain layout: [in, out].
    #expect(checkpoint.file.tensor(named: "layers.0.weight")?.shape == [2, 9])
    let weight = try checkpoint.file.array("layers.1.weight")
    #expect(weight.floats() == trainer.step.network.values(of: trainer.step.network.slots[2]))
  }

  /// A byte changed anywhere, at the digits of the checksum and in the blanks behind the header too.
  @Test func aFlippedByteIsFoundAnywhere() throws {
    let path = try saved(run()).path
    let bytes = try #require(folder.read("c.safetensors"))
    var random = RandomStream(seed: 7, name: "flip")
    let places = Array(0..<120) + (0..<400).map { _ in random.integer(below: bytes.count) } + [bytes.count - 1]
    for place in places {
      var damaged = bytes
      damaged[place] ^= UInt8(1 << random.integer(below: 8))
      let error = refusal(folder.write(damaged, to: "damaged.safetensors"))
      #expect(error?.description.contains("\(folder.path)/damaged.safetensors") == true, "byte \(place)")
    }
    #expect(refusal(path) == nil)
  }

  @Test func aFileCutShortOrGrownIsRefused() throws {
    _ = try saved(run())
    let bytes = try #require(folder.read("c.safetensors"))
    var random = RandomStream(seed: 8, name: "cut")
    let lengths = Array(0..<64) + (0..<200).map { _ in random.integer(below: bytes.count) } + [bytes.count - 1]
    for length in lengths {
      let error = refusal(folder.write(Array(bytes[..<length]), to: "damaged.safetensors"))
      guard case .unreadable(let reason)? = error else {
        Issue.record("\(length) of \(bytes.count) bytes: \(String(describing: error))")
        continue
      }
      #expect(reason.path == "\(folder.path)/damaged.safetensors")
    }
    for extra in [1, 8, 100] {
      let grown = folder.write(bytes + [UInt8](repeating: 0, count: extra), to: "damaged.safetensors")
      #expect(refusal(grown)?.description.contains(grown) == true)
    }
  }

  @Test func otherFilesAreForeign() throws {
    let (trainer, _) = try saved(run())
    let weights = "\(folder.path)/weights.safetensors"
    try trainer.network.writeWeights(to: weights)
    #expect(
      refusal(weights)?.description
        == "\(weights) is no checkpoint: it is a safetensors file without 'batchwise.checkpoint' in its header; "
        + "use a file that a training run of this tool has saved")
    for (name, content) in [("text.safetensors", "no tensors at all"), ("empty.safetensors", "")] {
      let path = folder.write(content, to: name)
      #expect(refusal(path)?.description.contains(path) == true)
    }
    let missing = "\(folder.path)/missing.safetensors"
    #expect(refusal(missing)?.description.contains(missing) == true)
    #expect(refusal(folder.path)?.description.contains(folder.path) == true)
  }

  /// The same file with another record and without some of its tensors, its checksum right.
  private func rewritten(
    _ checkpoint: Checkpoint, leavingOut: Set<String> = [], reshaping: Set<String> = [],
    record change: (String) -> String = { $0 }
  ) throws -> String {
    let path = "\(folder.path)/rewritten.safetensors"
    let tensors = checkpoint.file.tensors.filter { !leavingOut.contains($0.name) }.map {
      reshaping.contains($0.name)
        ? TensorDescription(name: $0.name, elementType: $0.elementType, shape: [1]) : $0
    }
    var metadata = checkpoint.file.metadata
    metadata["batchwise.checkpoint"] = change(try #require(metadata["batchwise.checkpoint"]))
    var writer = try SafeTensorsWriter(path: path, tensors: tensors, metadata: metadata)
    for tensor in writer.tensors {
      try writer.append(Array(checkpoint.file.array(tensor.name).bytes.prefix(tensor.byteCount)), to: tensor.name)
    }
    try writer.finish()
    return path
  }

  @Test func otherVersionsAndDamagedRecordsAreRefused() throws {
    let checkpoint = try Checkpoint(path: saved(run()).path)
    #expect(refusal(try rewritten(checkpoint)) == nil)
    let newer = try rewritten(checkpoint) { $0.replacing(#""format":2"#, with: #""format":3"#) }
    #expect(refusal(newer) == .otherFormat(path: newer, found: 3))
    #expect(
      refusal(newer)?.description
        == "\(newer) is a checkpoint of version 3 of the format, and this package reads version 2; "
        + "take the package that has saved it, or begin a new run")
    // Whatever else has changed in it.
    let strange = try rewritten(checkpoint) { _ in #"{"format":1}"# }
    #expect(refusal(strange) == .otherFormat(path: strange, found: 1))
    let changes = [
      #""format":2,"#: "", #""layers":"#: #""leyers":"#, #""seed":1"#: #""seed":-1"#, "{": "",
      #""constant""#: #""cosine:7""#,
    ]
    for (old, new) in changes {
      let path = try rewritten(checkpoint) { $0.replacing(old, with: new, maxReplacements: 1) }
      guard case .foreign(path, _)? = refusal(path) else {
        Issue.record("\(old) replaced by '\(new)': \(String(describing: refusal(path)))")
        continue
      }
      #expect(refusal(path)?.description.ranges(of: path).count == 1)
    }
  }

  /// Counts that no run can have come to are refused before anything is counted on from them.
  @Test func forgedCountsAreRefused() throws {
    let checkpoint = try Checkpoint(path: saved(run()).path)
    let changes: [(Regex<Substring>, String)] = [
      (/"update":12}/, #""update":-1}"#), (/"update":12}/, #""update":121}"#),
      (/"epoch":0,"examples":120,"i/, #""epoch":-1,"examples":120,"i"#),
      (/"epoch":0,"examples":120,"i/, #""epoch":9000000000000000000,"examples":120,"i"#),
      (/"examples":120,"interval"/, #""examples":-1,"interval""#),
      (/"examples":120,"interval"/, #""examples":9223372036854775807,"interval""#),
      (/"place":120/, #""place":210"#), (/"place":120/, #""place":-10"#), (/"averaged":12/, #""averaged":13"#),
      (/"lossCount":[0-9]+/, #""lossCount":9223372036854775807"#),
      (/"gradientNormCount":[0-9]+/, #""gradientNormCount":-1"#),
      (/"evaluationsSince":[0-9]+/, #""evaluationsSince":9223372036854775807"#),
      (/"trainingExamples":210/, #""trainingExamples":0"#),
      (/"trainingExamples":210/, #""trainingExamples":9223372036854775807"#),
    ]
    for (old, new) in changes {
      let path = try rewritten(checkpoint) { text in
        #expect(text.ranges(of: old).count == 1, "\(new) for nothing in \(text)")
        return text.replacing(old, with: new)
      }
      guard case .foreign(path, _)? = refusal(path) else {
        Issue.record("\(new): \(String(describing: refusal(path)))")
        continue
      }
    }
    let path = try rewritten(checkpoint) { $0.replacing(#""update":12}"#, with: #""update":-1}"#) }
    #expect(
      refusal(path)
        == .foreign(
          path: path, reason: "no run stands at update -1, epoch 0 and place 120 of 210, after 120 examples"))
  }

  /// The bits depend on the context: another one is refused, and taken where that is said.
  @Test func anotherContextIsTold() throws {
    let checkpoint = try Checkpoint(path: saved(run()).path)
    #expect(checkpoint.record.context.threads == 1)
    var other = try run()
    other.threads = 2
    let trainer = try other.trainer(Float.self)
    let error = #expect(throws: CheckpointError.self) { try trainer.restore(checkpoint) }
    #expect(error == .mismatch(path: checkpoint.path, differences: ["threads: 1 → 2"]))
    try trainer.restore(checkpoint, acceptingOtherContext: true)
    #expect(trainer.record.context.threads == 2 && trainer.progress == checkpoint.record.progress)
  }

  @Test(arguments: [
    "layers.1.bias", "optimizer.exp_avg_sq.layers.0.weight", "average.layers.0.bias", "best.layers.1.bias",
  ])
  func missingTensorsAreNamed(_ name: String) throws {
    let checkpoint = try Checkpoint(path: saved(run()).path)
    let path = try rewritten(checkpoint, leavingOut: [name])
    let trainer = try run().trainer(Float.self)
    let error = #expect(throws: CheckpointError.self) { try trainer.restore(Checkpoint(path: path)) }
    #expect(error?.description.hasPrefix("\(path): there is no tensor '\(name)'") == true)
    let small = try rewritten(checkpoint, reshaping: [name])
    let count = name.hasSuffix("0.weight") ? 18 : name.hasSuffix("0.bias") ? 9 : 2
    #expect(
      throws: CheckpointError.mismatch(
        path: small, differences: ["the tensor '\(name)' has 1 elements, not \(count)"])
    ) { try trainer.restore(Checkpoint(path: small)) }
  }

  static let changes: [(String, @Sendable (inout TinyRun) throws -> Void)] = [
    ("layers (there dense 9 tanh; dense 2, here dense 9 tanh; dropout 0.5; dense 2)", { $0.dropout = 0.5 }),
    ("loss (there softmax-cross-entropy, here mean-squared-error)", { $0.loss = MeanSquaredError() }),
    (
      "optimizer (there Adam, rate 0.02, here Adam, rate 0.03)",
      { $0.optimizer = OptimizerSettings(try Adam(learningRate: 0.03)) }
    ),
    ("batch size (there 10, here 11)", { $0.batch = 11 }),
    ("last batch (there keep, here drop)", { $0.lastBatch = .drop }),
    ("seed (there 1, here 2)", { $0.seed = 2 }),
    ("schedule (there constant, here cosine)", { $0.schedule = "cosine" }),
    ("batch schedule (there fixed, here grow:1:2)", { $0.batchSchedule = "grow:1:2" }),
    ("clipping (there none, here norm:1)", { $0.regularisation.clipping = .norm(1) }),
    ("label smoothing (there 0.0, here 0.1)", { $0.regularisation.labelSmoothing = 0.1 }),
    ("averaging (there ema:0.9, here none)", { $0.regularisation.averaging = nil }),
    (
      "early stopping (there patience 5 by validation-loss, best restored, here none)",
      { $0.regularisation.earlyStopping = nil }
    ),
  ]

  @Test(arguments: changes.indices) func aRunOfOtherSettingsIsRefused(_ index: Int) throws {
    let (difference, change) = Self.changes[index]
    let (_, path) = try saved(run())
    var other = try run()
    try change(&other)
    let trainer = try other.trainer(Float.self)
    let before = trainer.parameterValues
    #expect(throws: CheckpointError.mismatch(path: path, differences: [difference])) {
      try trainer.restore(Checkpoint(path: path))
    }
    #expect(trainer.parameterValues == before && trainer.progress.update == 0)
  }

  @Test func precisionMicroBatchesAndDataAreCompared() throws {
    let (_, path) = try saved(run())
    let checkpoint = try Checkpoint(path: path)
    #expect(
      throws: CheckpointError.mismatch(path: path, differences: ["precision (there float, here double)"])
    ) { try run().trainer(Double.self).restore(checkpoint) }
    var accumulating = try run()
    accumulating.microBatch = 4
    let error = #expect(throws: CheckpointError.self) { try accumulating.trainer(Float.self).restore(checkpoint) }
    #expect(
      error == .mismatch(path: path, differences: ["micro-batch (there none, here 4)"]))
    // A place in an epoch means nothing in one of another length.
    let fewer = try DataSource.dots(examples: 100).load(seed: 5)
    #expect(
      throws: CheckpointError.mismatch(path: path, differences: ["training examples (there 210, here 70)"])
    ) { try run().trainer(Float.self, data: fewer).restore(checkpoint) }
  }

  @Test func everyDifferenceIsTold() throws {
    let (_, path) = try saved(run())
    var other = try run()
    (other.batch, other.seed) = (11, 2)
    let trainer = try other.trainer(Float.self)
    let error = #expect(throws: CheckpointError.self) { try trainer.restore(Checkpoint(path: path)) }
    #expect(
      error?.description
        == "\(path) belongs to another run: batch size (there 10, here 11); seed (there 1, here 2); "
        + "give the same settings or begin a new run")
  }

  /// A run may be made longer: it goes on where the shorter one was, and is the longer one to the bit.
  @Test func aRunMayBeMadeLonger() throws {
    var short = try TinyRun.plain()
    short.epochs = 2
    let finished = try short.trainer(Float.self)
    #expect(try finished.run() == .finished)
    let path = "\(folder.path)/short.safetensors"
    try finished.save(to: path)
    var long = short
    long.epochs = 5
    let whole = try long.trainer(Float.self)
    #expect(try whole.run() == .finished)
    let resumed = try long.trainer(Float.self)
    try resumed.restore(Checkpoint(path: path))
    #expect(try resumed.run() == .finished)
    #expect(resumed.parameterValues == whole.parameterValues)
  }

  /// With fewer epochs the batch may be larger here than it was, and not fit into what is left of the epoch.
  @Test func anEpochWithoutRoomForTheLargerBatchIsOver() throws {
    var run = try TinyRun.plain()
    (run.lastBatch, run.batchSchedule, run.epochs) = (.drop, "grow:50%:4", 10)
    // Two epochs of 21 updates, and all but two of the third.
    let (_, path) = try saved(run, after: 2 * 21 + 19)
    run.epochs = 4
    let trainer = try run.trainer(Float.self)
    try trainer.restore(Checkpoint(path: path))
    #expect(trainer.progress.epoch == 3 && trainer.progress.place == 0)
    #expect(try trainer.run() == .finished)
    // 210 examples in batches of 40.
    #expect(trainer.progress.update == 2 * 21 + 19 + 5)
  }

  /// At its end a run may put its best weights in place of the last: what is saved then is no state to go on from.
  @Test func whatTheObserverSavedLastGoesOn() throws {
    var run = try TinyRun.plain()
    // Nothing is better by so much: the best weights are the first.
    run.regularisation = try Regularisation(
      earlyStopping: EarlyStopping(patience: .epochs(100), minimumImprovement: 10, restoresBest: true))
    func lastWeights(_ trainer: Trainer<Float>, savedTo path: String) throws -> [Float] {
      var weights: [Float] = []
      _ = try trainer.run(
        TrainingObserver(onUpdate: { update, _ in
          guard update == trainer.plannedUpdates else { return }
          weights = trainer.parameterValues
          try trainer.save(to: path)
        }))
      return weights
    }
    let (inside, behind) = ("\(folder.path)/inside", "\(folder.path)/behind")
    let short = try run.trainer(Float.self)
    let weights = try lastWeights(short, savedTo: inside)
    try short.save(to: behind)
    #expect(short.parameterValues != weights)
    let ended = try Checkpoint(path: behind).file
    #expect(try ended.array("layers.0.weight").bytes == ended.array("best.layers.0.weight").bytes)

    run.epochs = 5
    let expected = try lastWeights(run.trainer(Float.self), savedTo: "\(folder.path)/whole")
    let resumed = try run.trainer(Float.self)
    try resumed.restore(Checkpoint(path: inside))
    #expect(try lastWeights(resumed, savedTo: "\(folder.path)/resumed") == expected)
  }

  /// Also where the batch then grows larger than it did before, and takes more micro-batches.
  @Test func aLongerRunMayHaveLargerBatches() throws {
    var short = try TinyRun.plain()
    (short.epochs, short.microBatch, short.batchSchedule) = (2, 8, "grow:1,2:2")
    let finished = try short.trainer(Float.self)
    #expect(try finished.run() == .finished && finished.step.capacity == 20)
    let path = "\(folder.path)/short.safetensors"
    try finished.save(to: path)
    var long = short
    long.epochs = 3
    let resumed = try long.trainer(Float.self)
    try resumed.restore(Checkpoint(path: path))
    #expect(try resumed.run() == .finished && resumed.step.capacity == 40)
  }

  /// What an evaluation of the run said is what the network out of the checkpoint gives.
  private func loss<S: Scalar>(_ network: Network<S>) throws -> Double {
    try Evaluator(
      network, on: TinyRun.data.get().validation, loss: .softmaxCrossEntropy, team: ThreadTeam(threads: 1)
    ).evaluate().mean
  }

  @Test func theNetworkHasTheAveragedWeightsWhereThereAreAny() throws {
    let (trainer, path) = try saved(run())
    let network: Network<Float> = try Checkpoint(path: path).network(run().model)
    #expect(Array(network.parameters.elements) == Array(trainer.network.parameters.elements))
    #expect(Array(network.parameters.elements) != trainer.parameterValues)
    #expect(try loss(network) == loss(trainer.network))
    // Averaging that has not begun: the weights themselves.
    var late = try run()
    late.regularisation.averaging = .swa(from: .percent(90))
    let (other, latePath) = try saved(late, as: "late.safetensors")
    let plain: Network<Float> = try Checkpoint(path: latePath).network(late.model)
    #expect(Array(plain.parameters.elements) == other.parameterValues)
  }

  @Test func theNetworkIsConvertedToTheOtherPrecision() throws {
    let (single, path) = try saved(run())
    let wide: Network<Double> = try Checkpoint(path: path).network(run().model)
    let (double, doublePath) = try saved(run(), Double.self, as: "d.safetensors")
    let narrow: Network<Float> = try Checkpoint(path: doublePath).network(run().model)
    for (a, b) in zip(wide.slots, single.network.slots) {
      #expect(wide.values(of: a) == single.network.values(of: b).map { Double($0) })
    }
    for (a, b) in zip(narrow.slots, double.network.slots) {
      #expect(narrow.values(of: a) == double.network.values(of: b).map { Float($0) })
    }
    #expect(abs(try loss(wide) - loss(single.network)) < 1e-6)
  }

  @Test func aNetworkOfAnotherModelIsRefused() throws {
    let (_, path) = try saved(run())
    let checkpoint = try Checkpoint(path: path)
    let wider = Sequential(inputShape: [2]) {
      Dense(10, .tanh)
      Dense(2)
    }
    #expect(
      throws: CheckpointError.mismatch(
        path: path, differences: ["layers (there dense 9 tanh; dense 2 on [2], here dense 10 tanh; dense 2 on [2])"])
    ) { let _: Network<Float> = try checkpoint.network(wider) }
    let averaged = try rewritten(checkpoint, leavingOut: ["average.layers.1.bias"])
    let error = #expect(throws: CheckpointError.self) {
      let _: Network<Float> = try Checkpoint(path: averaged).network(run().model)
    }
    #expect(error?.description.contains("there is no tensor 'average.layers.1.bias'") == true)
  }

  /// A record that promises more than the file holds is told so before memory for it is asked for.
  @Test func aForgedWidthAsksForNoMemory() throws {
    let checkpoint = try Checkpoint(path: saved(run()).path)
    let width = 1_000_000_000_000
    let path = try rewritten(checkpoint) { $0.replacing("dense 9 tanh", with: "dense \(width) tanh") }
    let wide = Sequential(inputShape: [2]) {
      Dense(width, .tanh)
      Dense(2)
    }
    #expect(
      throws: CheckpointError.mismatch(
        path: path, differences: ["the tensor 'average.layers.0.weight' has 18 elements, not \(2 * width)"])
    ) { let _: Network<Float> = try Checkpoint(path: path).network(wide) }
  }
}
