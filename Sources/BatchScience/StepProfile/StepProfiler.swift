public import BatchAlgebra
public import BatchData
import BatchFoundation
public import BatchProfiling
public import BatchTraining
import Glibc

/// Makes a profile of training steps: the same model and data at every batch size.
///
/// The steps are whole ones at a learning rate of 0: the weights stay the initial ones, so that what is timed does not
/// depend on how learning goes.
public final class StepProfiler<S: Scalar> {
  /// What is timed.
  public let plan: StepProfilePlan
  private let model: Sequential
  private let optimizer: any Optimizer
  private let team: ThreadTeam
  private let resting: RestingStep<S>

  /// Plans the memory and the team; without a context the usual one is taken.
  ///
  /// - Throws: ``StepProfileError`` when the plan cannot be carried out; before anything large is allocated where the
  ///   memory would not suffice.
  public init(
    _ plan: StepProfilePlan, model: Sequential, data: Dataset, optimizer: any Optimizer,
    context: ComputeContext? = nil
  ) throws(StepProfileError) {
    let memory = try Self.check(plan, model, optimizer, exampleCount: data.count, context: context)
    precondition(S.self == Float.self ? plan.precision == .float : plan.precision == .double, "another precision")
    self.plan = plan
    self.model = model
    self.optimizer = optimizer
    team = try Self.team(plan)
    do throws(ModelError) {
      let network = try Network<S>(
        model, seed: 1, context: context ?? ComputeContext(for: S.self, threads: team.threads))
      resting = try RestingStep(
        network, on: data, loss: plan.loss, optimizer: optimizer, capacity: memory.capacity, team: team)
    } catch {
      throw .model(error)
    }
  }

  /// Checks what can be checked before a network is allocated, and gives the memory of the plan's steps.
  ///
  /// - Throws: ``StepProfileError`` when there is nothing to time, a batch has more examples than there are, threads
  ///   cannot be had, model, loss and optimizer do not fit, or memory is short.
  public static func check(
    _ plan: StepProfilePlan, _ model: Sequential, _ optimizer: any Optimizer, exampleCount: Int,
    context: ComputeContext? = nil
  ) throws(StepProfileError) -> StepMemory {
    guard let largest = plan.batchSizes.max() else { throw .noBatchSizes }
    guard largest <= exampleCount else { throw .tooFewExamples(batch: largest, count: exampleCount) }
    _ = try team(plan)
    let memory = try memory(plan, model, optimizer, capacity: largest, context)
    guard memory.byteCount <= AvailableMemory.current() ?? .max else {
      throw .model(.allocation(AllocationError(byteCount: memory.byteCount)))
    }
    return memory
  }

  private static func team(_ plan: StepProfilePlan) throws(StepProfileError) -> ThreadTeam {
    do {
      return try ThreadTeam(threads: plan.threads)
    } catch {
      throw .threads(error)
    }
  }

  /// The memory of a step on batches of up to so many examples.
  private static func memory(
    _ plan: StepProfilePlan, _ model: Sequential, _ optimizer: any Optimizer, capacity: Int,
    _ context: ComputeContext?
  ) throws(StepProfileError) -> StepMemory {
    var context = context ?? ComputeContext(for: S.self, threads: plan.threads)
    context.threads = plan.threads
    do throws(ModelError) {
      return try StepMemory(
        model, loss: plan.loss, optimizer: optimizer, capacity: capacity, context: context)
    } catch {
      throw .model(error)
    }
  }

  /// Runs steps of one batch size without timing them, for a tool that watches the process.
  public func runUntimed(batch: Int, calls: Int) { StepRun(resting, batch: batch).run(calls) }

  private var step: TrainingStep<S> { resting.step }

  /// Times everything.
  ///
  /// - Throws: ``StepProfileError`` when memory is short, or where a loss is no number at the initial weights.
  public func run(_ observer: ProfileObserver = ProfileObserver()) throws(StepProfileError) -> StepProfile {
    let start = ContinuousClock.now
    observer.onProgress("measuring what the machine can do", 0)
    var ceilings: MachineCeilings
    do {
      ceilings = try MachineCeilings.measure(threadCounts: [1, plan.threads])
    } catch {
      throw .ceilings(error)
    }
    let gate: DisturbanceGate
    let control: ControlProduct
    do {
      gate = try DisturbanceGate(team)
      control = try ControlProduct(team, step.network.context)
    } catch {
      throw .model(.allocation(error))
    }
    let runs = plan.batchSizes.map { StepRun(resting, batch: $0) }
    for run in runs { try run.requireWholeSteps() }
    let timer = InterleavedTimer(settings: plan.timing, gates: [plan.threads: gate])
    let result = timer.run(
      resting.work(runs) + [control.work], observer.timer("timing steps of \(runs.count) batch sizes"))
    ceilings = ceilings.raised(toFloatPeak: gate.quietPeak, threads: plan.threads)
    observer.onProgress("recording phases", 1)
    let splits = result.wasStopped ? [:] : PhaseRecording(step: step, gate: gate).splits(runs)
    for run in runs { try run.requireWholeSteps() }
    var points: [StepProfile.Point] = []
    for (run, samples) in zip(runs, result.samples) {
      points.append(try point(run, samples, ceilings: ceilings, split: splits[run.batch]))
    }
    return StepProfile(
      environment: .current(step.network.context), plan: plan, ceilings: ceilings, points: points,
      controls: result.samples.last.map { [control.samples($0)] }, largestBatch: largestBatch, cycles: result.cycles,
      seconds: (ContinuousClock.now - start) / .seconds(1),
      wasStopped: result.wasStopped)
  }

  private var largestBatch: Int? {
    // A model that has been built for one batch can be planned for another.
    try? StepMemory.largestBatch(
      within: plan.memory, for: model, loss: plan.loss, optimizer: optimizer,
      context: step.network.context)
  }

  private func point(
    _ run: StepRun<S>, _ samples: TimedSamples, ceilings: MachineCeilings, split: PhaseSplit?
  ) throws(StepProfileError) -> StepProfile.Point {
    let memory = try Self.memory(plan, model, optimizer, capacity: run.batch, step.network.context)
    let peak = ceilings.peak(plan.precision, threads: plan.threads)
    let time = samples.estimate?.clamped(above: peak.map { operations * Double(run.batch) / $0 })
    let scaled = samples.gotQuiet && time != nil ? medianValue(samples.timesAtPeak) : time?.value
    return StepProfile.Point(
      batch: run.batch, samples: samples, time: time,
      phases: time.flatMap { time in split?.phases(total: time.value) } ?? [],
      ratioToPeak: scaled.flatMap { seconds in peak.map { operations * Double(run.batch) / seconds / $0 } },
      utilisation: run.utilisation(threads: plan.threads),
      openBLAS: OpenBLASShare(of: step.network, batch: run.batch, threads: plan.threads), memory: memory)
  }

  /// The floating-point operations of a step for one example, as the layers count them.
  private var operations: Double { Double(step.network.graph.trainingOperationsPerExample) }
}
