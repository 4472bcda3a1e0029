public import BatchAlgebra
public import BatchData
import BatchFormats
import BatchFoundation
public import BatchTraining

/// How a study of branches measures its trials: it trains a pilot, and at each moment the branches that leave it, in
/// memory.
public struct BranchMeasurement: StudyMeasurement {
  public let plan: BranchPlan
  private let data: DataSplits
  private let model: Sequential

  /// A plan with the data and the model that it names.
  public init(plan: BranchPlan, data: DataSplits, model: Sequential) {
    self.plan = plan
    self.data = data
    self.model = model
  }

  /// Carries the rate to each batch size, and builds what the largest needs.
  public func check(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) {
    let seed = plan.common.seeds.first ?? 1
    do {
      for branch in plan.branches { _ = try plan.settings(multiple: branch.multiple, rule: branch.rule) }
    } catch {
      throw .training(error)
    }
    _ = try run(plan.multiples.last ?? 1, plan.rules.first ?? NoScaling(), seed: seed, context, team)
  }

  public func measure(
    _ trial: TrialID, _ recorder: TrialRecorder<BranchPlan>
  ) throws(StudyError) -> BranchOutcome {
    let part = try setting { try data.train.subset(Array(0..<Int32(plan.evaluatedCount))) }
    let pilot = try run(1, NoScaling(), seed: trial.seed, recorder.context, recorder.team)
    var outcome = BranchOutcome(parameters: pilot.step.network.parameterCount)
    let starts = plan.starts
    var work = BranchWork(plan, pilot: starts.last?.examples ?? 0, moments: starts.count)
    for (moment, start) in starts.enumerated() {
      let divergence = try train(pilot, to: start.examples) { (loss) throws(StudyError) in
        try recorder.progress(work.share(pilot.progress.examples), (name: "loss", value: loss))
      }
      if let divergence {
        outcome.pilotDivergedAtUpdate = divergence
        return outcome
      }
      var ends: [BranchOutcome.End] = []
      for (multiple, rule) in plan.branches {
        let branch = try run(multiple, rule, seed: trial.seed, recorder.context, recorder.team)
        do {
          try branch.branch(from: pilot)
        } catch {
          throw .training(error)
        }
        let evaluator = try setting {
          try Evaluator(branch.step.network, on: part, loss: plan.common.loss, team: recorder.team)
        }
        guard
          let end = try measure(
            branch, multiple, rule, moment: moment, evaluator, recorder, { work.share(start.examples, $0) })
        else {
          outcome.pilotDivergedAtUpdate = start.updates + 1
          return outcome
        }
        ends.append(end)
        work.finishBranch()
      }
      outcome.moments.append(ends)
    }
    return outcome
  }

  /// Trains a branch and evaluates it on the way; nil where already the pilot's weights have a loss that is no number.
  private func measure(
    _ branch: Trainer<Float>, _ multiple: Int, _ rule: any LearningRateRule, moment: Int,
    _ evaluator: Evaluator<Float>, _ recorder: TrialRecorder<BranchPlan>, _ share: @escaping (Int) -> Double
  ) throws(StudyError) -> BranchOutcome.End? {
    let (first, start) = (branch.progress.update, branch.progress.examples)
    var evaluations = plan.evaluations(from: start, multiple: multiple)[...]
    var records: [BranchRecord] = []
    var brokenAt: Int?
    func evaluate() throws(StudyError) {
      let (update, examples) = (branch.progress.update - first, branch.progress.examples - start)
      let record = BranchRecord(
        moment: moment, multiple: multiple, rule: rule.description, update: update, examples: examples,
        loss: evaluator.evaluate().mean)
      guard record.loss.isFinite else {
        brokenAt = update
        return
      }
      records.append(record)
      try recorder.record(record)
    }
    try evaluate()
    if brokenAt != nil { return nil }
    func step(_ loss: Double) throws(StudyError) {
      try recorder.progress(share(branch.progress.examples - start), (name: "loss", value: loss))
      guard let next = evaluations.first, branch.progress.update - first == next.updates else { return }
      evaluations.removeFirst()
      try evaluate()
    }
    let divergence = try train(branch, to: start + plan.length, isBroken: { brokenAt != nil }, step)
    let diverged = brokenAt ?? divergence.map { $0 - first }
    return BranchOutcome.End(
      multiple: multiple, rule: rule.description, learningRate: branch.baseLearningRate,
      loss: diverged == nil ? BranchCurve(records).end.loss : nil, divergedAtUpdate: diverged)
  }

  /// Trains until so many examples of the run are seen; gives the update at which the loss ceased to be a number.
  private func train(
    _ run: Trainer<Float>, to examples: Int, isBroken: @escaping () -> Bool = { false },
    _ onUpdate: @escaping (_ loss: Double) throws(StudyError) -> Void
  ) throws(StudyError) -> Int? {
    do {
      let outcome = try run.run(
        TrainingObserver(
          onUpdate: { try onUpdate($1) }, shouldStop: { run.progress.examples >= examples || isBroken() }))
      if case .diverged(let divergence) = outcome { return divergence.update }
      return nil
    } catch let error as StudyError {
      throw error
    } catch {
      preconditionFailure("only the recorder can throw: \(error)")
    }
  }

  /// A run at a multiple of the pilot's batch size, from its beginning.
  private func run(
    _ multiple: Int, _ rule: any LearningRateRule, seed: UInt64, _ context: ComputeContext, _ team: ThreadTeam
  ) throws(StudyError) -> Trainer<Float> {
    let common = plan.common
    let batch = multiple * plan.pilotBatch
    return try setting {
      let settings = try plan.settings(multiple: multiple, rule: rule)
      let step = try TrainingStep(
        Network<Float>(model, seed: seed, context: context), on: data.train, loss: common.loss,
        optimizer: settings.optimizer, capacity: batch, microBatch: common.microBatch,
        regularisation: common.regularisation, seed: seed, team: team)
      let sampler = try BatchSampler(
        exampleCount: data.train.count, batchSize: batch, lastBatch: common.lastBatch, seed: seed)
      // A trainer evaluates at the ends of epochs, too, which nobody asks for here: one example costs next to nothing.
      let one = try data.train.subset([0])
      return try Trainer(
        step: step, source: SampledBatches(data.train, sampler: sampler), seen: one, validation: one,
        plan: TrainingPlan(
          batchSize: batch, microBatch: common.microBatch, epochs: common.epochs, lastBatch: common.lastBatch,
          seed: seed, schedule: settings.schedule, regularisation: common.regularisation))
    }
  }

  private func setting<Value>(_ make: () throws -> Value) throws(StudyError) -> Value {
    do {
      return try make()
    } catch let error as TrainingError {
      throw .training(error)
    } catch let error as ModelError {
      throw .training(.model(error))
    } catch let error as DataError {
      throw .training(.data(error))
    } catch {
      throw .training(.plan("\(error)"))
    }
  }
}

extension BranchMeasurement {
  /// Times steps at each batch size of pilot and branches; evaluations are not counted.
  public func cost(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) -> StudyCost {
    var sizes = plan.common
    sizes.batchSizes = plan.multiples.map { $0 * plan.pilotBatch }
    // The rate has no part in the time of a step, and not every rule can carry the pilot's so far.
    sizes.recipe.rule = .none
    let steps = try TrainingStepTiming(plan: sizes, data: data.train, model: model, context: context, team: team).cost()
    let seconds = Dictionary(uniqueKeysWithValues: steps.entries.map { ($0.batchSize, $0.secondsPerStep) })
    let starts = plan.starts
    var updates: [Int: Int] = [plan.pilotBatch: starts.last?.updates ?? 0]
    for start in starts {
      for (multiple, _) in plan.branches {
        updates[multiple * plan.pilotBatch, default: 0] += plan.updates(from: start.examples, multiple: multiple)
      }
    }
    return StudyCost(entries: [
      StudyCost.Entry(batchSize: plan.pilotBatch, trialCount: plan.common.seeds.count, updatesBySize: updates) {
        seconds[$0] ?? 0
      }
    ])
  }
}

/// How much of a trial is done, by examples.
private struct BranchWork {
  private let length: Int
  private let total: Double
  private var branches = 0

  init(_ plan: BranchPlan, pilot: Int, moments: Int) {
    length = plan.length
    total = Double(pilot) + Double(moments * plan.branches.count) * Double(length)
  }

  /// With so many examples of the pilot, and of the branch under way.
  func share(_ pilot: Int, _ branch: Int = 0) -> Double {
    min(1, (Double(pilot) + Double(branches) * Double(length) + Double(min(branch, length))) / total)
  }

  mutating func finishBranch() { branches += 1 }
}
