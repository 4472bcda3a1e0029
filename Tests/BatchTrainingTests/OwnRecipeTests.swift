import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

/// Schedules, rules and stopping rules that a user writes, in plans that are trained, saved, read and resumed.
@Suite struct OwnRecipeTests {
  struct InverseRoot: LearningRateSchedule {
    var scale = 1.0
    func factor(at position: TrainingPosition) -> Double { 1 / (1 + scale * position.epoch).squareRoot() }
    var description: String { "inverse-root:\(scale)" }
  }

  /// Larger in every other epoch, so that the batch shrinks again.
  struct Alternating: BatchSchedule {
    func batchSize(at position: TrainingPosition, from base: Int) -> Int {
      Int(position.epoch) % 2 == 0 ? base : 3 * base
    }
    var description: String { "alternating" }
  }

  struct CubeRoot: LearningRateRule {
    func scaled(
      _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
    ) throws(LearningRateRuleError) -> BatchDependentSettings {
      guard batch <= 1000 else { throw .inapplicable("cube-root ends at 1000") }
      var settings = settings
      settings.learningRate *= pow(Double(batch) / Double(baseBatch), 1.0 / 3)
      return settings
    }
    var description: String { "cube-root" }
  }

  /// Stops after so many evaluations, the one before training among them.
  struct Evaluations: StoppingRule {
    let most: Int
    var restoresBest = false
    func shouldStop(_ state: BestEvaluation) -> Bool { state.evaluations.count >= most }
    var description: String { "evaluations:\(most)" + (restoresBest ? ":best" : "") }
  }

  private static let optimizer = OwnOptimizerTests.PlainAdamW(learningRate: 0.02)

  private static func plan(_ stopping: (any StoppingRule)? = nil) throws -> TrainingPlan {
    TrainingPlan(
      batchSize: 8, microBatch: 5, epochs: 4, seed: 3, schedule: InverseRoot(scale: 2), batchSchedule: Alternating(),
      regularisation: try Regularisation(earlyStopping: stopping))
  }

  private static func trainer<S: Scalar>(
    _ plan: TrainingPlan, _ optimizer: any Optimizer = optimizer
  ) throws -> Trainer<
    S
  > {
    try Trainer(
      model: Sequential(inputShape: [2]) {
        Dense(9, .tanh)
        Dense(2)
      }, data: TinyRun.data.get(), loss: .softmaxCrossEntropy, optimizer: optimizer, plan: plan,
      team: ThreadTeam(threads: 2), context: .test(S.self))
  }

  private static func decoded<T: Codable>(_ value: T) throws -> T {
    try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value))
  }

  /// 210 examples: 27 batches of 8 and 9 of 24 in turn.
  @Test func aPlanTakesThemAsTheyAre() throws {
    let trainer: Trainer<Float> = try Self.trainer(Self.plan())
    #expect(trainer.plannedUpdates == 72 && trainer.plannedUpdatesBySize == [8: 54, 24: 18])
    #expect(trainer.step.capacity == 24)
    var examples = 0
    var updates = 0
    let outcome = try trainer.run(
      TrainingObserver(onUpdate: { _, _ in
        let epoch = Double(examples) / 210
        let rate = try #require(trainer.progress.learningRate)
        #expect(abs(rate - 0.02 / (1 + 2 * epoch).squareRoot()) < 1e-16)
        #expect(trainer.progress.batchSize == (Int(epoch) % 2 == 0 ? 8 : 24))
        examples = trainer.progress.examples
        updates += 1
      }))
    #expect(outcome == .finished && updates == 72)
  }

  /// What an observer says counts, and is asked with what the plan says.
  @Test func anObserverMayDecideTheRate() throws {
    let trainer: Trainer<Float> = try Self.trainer(Self.plan())
    var planned: [Double] = []
    _ = try trainer.run(
      TrainingObserver(
        onUpdate: { update, _ in
          #expect(trainer.progress.learningRate == (update <= 10 ? planned.last : 0.001))
          #expect(trainer.step.optimizer.learningRate == trainer.progress.learningRate)
        },
        learningRate: { position, rate in
          #expect(rate == 0.02 * InverseRoot(scale: 2).factor(at: position))
          planned.append(rate)
          return planned.count <= 10 ? rate : 0.001
        }))
    #expect(planned.count == 72)
  }

  /// Cut after any update, with an optimizer, a schedule, a batch schedule and a stopping rule of one's own.
  @Test(arguments: [1, 20, 36, 50], [false, true])
  func aRunGoesOnToTheBit(_ cut: Int, restoresBest: Bool) throws {
    let folder = TemporaryFolder()
    let plan = try Self.plan(Evaluations(most: 7, restoresBest: restoresBest))
    let whole: Trainer<Float> = try Self.trainer(plan)
    let outcome = try whole.run()
    // After 0, 8, 16, 27, 32, 36 and 63 updates: epochs end after 27, 36 and 63.
    #expect(outcome == .stoppedEarly && whole.progress.update == 63)

    let first: Trainer<Float> = try Self.trainer(plan)
    #expect(try first.run(TrainingObserver(shouldStop: { first.progress.update == cut })) == .stopped)
    try first.save(to: "\(folder.path)/cut.safetensors")
    let second: Trainer<Float> = try Self.trainer(plan)
    try second.restore(Checkpoint(path: "\(folder.path)/cut.safetensors"))
    #expect(try second.run() == .stoppedEarly)
    #expect(second.progress.update == whole.progress.update)
    #expect(second.parameterValues == whole.parameterValues)
    let best = try #require(whole.progress.best)
    #expect(best.evaluations.last?.update == whole.progress.update)
    #expect(best.best?.validationLoss == best.evaluations.map(\.validationLoss).min())
  }

  /// What is compared is the text.
  @Test func aRunOfOthersIsRefused() throws {
    let folder = TemporaryFolder()
    let trainer: Trainer<Float> = try Self.trainer(Self.plan(Evaluations(most: 1)))
    try trainer.save(to: "\(folder.path)/run.safetensors")
    let checkpoint = try Checkpoint(path: "\(folder.path)/run.safetensors")
    var plan = try Self.plan(Evaluations(most: 2))
    plan.schedule = InverseRoot(scale: 3)
    plan.batchSchedule = .fixed
    let error = thrownError { () throws(CheckpointError) in
      guard let other: Trainer<Float> = try? Self.trainer(plan, SGD(learningRate: 1)) else { return }
      try other.restore(checkpoint)
    }
    guard case .mismatch(_, let differences)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      differences == [
        "optimizer (there plain AdamW, rate 0.02, here SGD, rate 1.0)",
        "schedule (there inverse-root:2.0, here inverse-root:3.0)", "batch schedule (there alternating, here fixed)",
        "early stopping (there evaluations:1, here evaluations:2)",
      ])
  }

  @Test func aPlanFromAFileIsTheSameAndCannotBeTrainedWith() throws {
    let plan = try Self.plan(Evaluations(most: 5))
    let read = try Self.decoded(plan)
    #expect(read == plan && read.hashValue == plan.hashValue)
    #expect(read.schedule.description == "inverse-root:2.0" && read.schedule is UnknownValue)
    var other = plan
    other.schedule = InverseRoot(scale: 3)
    #expect(read != other)

    func reason(_ change: (inout TrainingPlan) -> Void) -> String? {
      var plan = plan
      change(&plan)
      let error = thrownError { () throws(TrainingError) in
        do {
          let _: Trainer<Float> = try Self.trainer(plan)
        } catch let error as TrainingError {
          throw error
        } catch {}
      }
      return error?.description
    }
    let end = "is none of this package's, and only its text is known here; resume it in the program that it belongs to"
    #expect(reason { $0.schedule = read.schedule } == "the schedule 'inverse-root:2.0' \(end)")
    #expect(reason { $0.batchSchedule = read.batchSchedule } == "the batch schedule 'alternating' \(end)")
    #expect(
      reason { $0.regularisation.earlyStopping = read.regularisation.earlyStopping }
        == "the stopping rule 'evaluations:5' \(end)")
    #expect(reason { _ in } == nil)
  }

  @Test func aRecipeTakesThemToo() throws {
    let recipe = TrainingRecipe(
      optimizer: Self.optimizer, schedule: InverseRoot(), warmUp: .epochs(2), rule: CubeRoot(), baseBatch: 16)
    let settings = try recipe.settings(batch: 128)
    #expect(abs(settings.optimizer.learningRate - 0.04) < 1e-15 && settings.optimizer is OwnOptimizerTests.PlainAdamW)
    // It begins at the rate of the base batch.
    #expect(settings.schedule.description == "warm-up:2:0.5:inverse-root:1.0")
    let start = TrainingPosition(examples: 0, examplesPerEpoch: 100, totalExamples: 1000)
    #expect(settings.schedule.factor(at: start) == 0.5)
    #expect(recipe.ruleText == "cube-root from 16")
    let tooLarge = thrownError { () throws(TrainingError) in try recipe.settings(batch: 2000) }
    #expect(tooLarge?.description == "cube-root ends at 1000")

    let read = try Self.decoded(recipe)
    #expect(read == recipe && read.optimizer.description == "plain AdamW, rate 0.02")
    let unknown = thrownError { () throws(TrainingError) in try read.settings(batch: 128) }
    #expect(unknown?.description.hasPrefix("the rule 'cube-root' is none of this package's") == true)
    let plan = try Self.plan()
    let error = #expect(throws: TrainingError.self) { let _: Trainer<Float> = try Self.trainer(plan, read.optimizer) }
    #expect(error?.description.hasPrefix("the optimizer 'plain AdamW, rate 0.02' is none of this package's") == true)
  }

  static let schedules = [
    "constant", "step:30:0.1", "multi-step:30,60:0.1", "cosine", "cosine:0.01", "polynomial:2", "polynomial:2:0.1",
    "exponential:0.95", "one-cycle", "one-cycle:20%", "one-cycle:20%:0.1:0.01:linear", "warm-up:5:1/8:cosine",
    "warm-up:5%:1/32:warm-up:1:0.5:step:3:0.1",
  ]

  /// Every form is read as what it is, and not as a user's own.
  @Test func formsOfThePackageAreKnown() throws {
    func requireKnown<C: TextCodec>(_ codec: C.Type, _ texts: [String]) throws {
      for text in texts {
        let value = try Coded<C>(text)
        #expect(value.description == text && C.unknown(text) == nil)
        let read = try Self.decoded([value])
        #expect(read == [value] && !(read[0].wrappedValue is UnknownValue), "\(text)")
      }
    }
    try requireKnown(ScheduleCodec.self, Self.schedules)
    try requireKnown(BatchScheduleCodec.self, ["fixed", "grow:30,60:5", "grow:30%,60%:2.5:4096"])
    try requireKnown(
      LearningRateRuleCodec.self, ["none", "linear", "sqrt", "adam-sqrt", "saturating:200", "legw"])
  }

  /// A name of the package's with settings that make no sense is damage, another name a user's own.
  @Test func damageIsToldFromWhatIsUnknown() throws {
    func read<C: TextCodec>(_ codec: C.Type, _ text: String) throws -> Coded<C> {
      try JSONDecoder().decode([Coded<C>].self, from: Data("[\"\(text)\"]".utf8))[0]
    }
    for text in ["cosine:7", "step", "warm-up:5:1/8:cosine:x", "warm-up:5:1/8", "warm-up:5", ""] {
      #expect(throws: DecodingError.self, "\(text)") { try read(ScheduleCodec.self, text) }
    }
    #expect(throws: DecodingError.self) { try read(BatchScheduleCodec.self, "grow:30") }
    #expect(throws: DecodingError.self) { try read(LearningRateRuleCodec.self, "saturating:x") }
    for text in ["mine", "mine:3:x", "warm-up:5:1/8:mine:3"] {
      #expect(try read(ScheduleCodec.self, text).wrappedValue as? UnknownValue == UnknownValue(text))
    }
    #expect(try read(BatchScheduleCodec.self, "mine").wrappedValue is UnknownValue)
    #expect(try read(LearningRateRuleCodec.self, "mine:1").wrappedValue is UnknownValue)
    // Who writes a text by hand is told.
    let error = #expect(throws: ScheduleError.self) { try ScheduleCodec.read("mine:3") }
    #expect(
      error?.description.hasPrefix("cannot read 'mine:3': 'mine' is no schedule; write one of constant, ") == true)
  }
}
