import BatchAlgebra
import BatchTestSupport
import BatchTraining
import Testing

/// A trainer's quantities: when they see an update, what they tell at evaluations, and that a resumed run tells the
/// same.
@Suite struct ObservedTrainingTests {
  private let folder = TemporaryFolder()

  /// The mean of the squared norms of the batches' gradients, and of the examples'.
  private struct MeanSquares: StepQuantity {
    var needs: StepNeeds { .exampleNorms }
    var everyOther = false
    private var sums = [0.0, 0.0]
    private var count = 0

    let leastProbes: Int

    init(everyOther: Bool = false, least: Int = 1) { (self.everyOther, leastProbes) = (everyOther, least) }

    func needs(at position: TrainingPosition, update: Int) -> StepNeeds? {
      everyOther && update % 2 == 0 ? nil : needs
    }

    mutating func observe<S: Scalar>(_ result: StepResult<S>) {
      guard let total = result.totalMoments else { return }
      sums[0] += total.meanSquare
      sums[1] += total.exampleSquares / Double(total.examples)
      count += 1
    }

    mutating func takeMeasurements() -> [Measurement] {
      defer { (sums, count) = ([0, 0], 0) }
      return zip(["batch", "example"], sums).map {
        Measurement(name: $0, value: count > 0 ? $1 / Double(count) : nil, probes: count)
      }
    }

    var state: [Double] {
      get { sums + [Double(count)] }
      set { (sums, count) = (Array(newValue.prefix(2)), Int(newValue[2])) }
    }
  }

  private func trainer(
    _ quantities: [any StepQuantity] = [MeanSquares()], microBatch: Int? = nil
  ) throws -> Trainer<Float> {
    var run = try TinyRun.plain()
    run.microBatch = microBatch
    return try Trainer(
      model: run.model, data: TinyRun.data.get(), loss: run.loss, optimizer: run.optimizer.optimizer, plan: run.plan(),
      quantities: quantities, team: ThreadTeam(threads: 1), context: .test(Float.self, threads: 1))
  }

  private func records(_ trainer: Trainer<Float>) throws -> [EvaluationRecord] {
    var records: [EvaluationRecord] = []
    _ = try trainer.run(TrainingObserver(onEvaluation: { records.append($0) }))
    return records
  }

  @Test(arguments: [nil, 4]) func evaluationsTellWhatWasSeenSinceTheLast(_ microBatch: Int?) throws {
    let records = try records(try trainer(microBatch: microBatch))
    #expect(records.map(\.update) == [0, 8, 16, 21, 32, 42, 63] && records[0].measurements == nil)
    // In the first epoch at every evaluation, later at the ends of epochs alone.
    #expect(records.filter { $0.measurements != nil }.map(\.update) == [8, 16, 21, 42, 63])
    var last = 0
    for record in records.dropFirst() where record.measurements != nil {
      let measurements = try #require(record.measurements)
      #expect(measurements.map(\.name) == ["batch", "example"])
      #expect(measurements.allSatisfy { $0.probes == record.update - last })
      #expect(measurements.allSatisfy { $0.firstUpdate == last + 1 && $0.lastUpdate == record.update })
      let (batch, example) = (try #require(measurements[0].value), try #require(measurements[1].value))
      #expect(batch > 0 && batch < example)
      last = record.update
    }
  }

  /// Windows stay open until they have enough, and the last is told in any case.
  @Test func tooFewProbesWaitForMore() throws {
    let records = try records(try trainer([MeanSquares(least: 30)]))
    #expect(records.filter { $0.measurements != nil }.map(\.update) == [42, 63])
    #expect(records.compactMap { $0.measurements?.first?.probes } == [42, 21])
    #expect(records.compactMap { $0.measurements?.first?.firstUpdate } == [1, 43])
  }

  @Test func twoOfOneNameAreRefused() throws {
    #expect {
      _ = try trainer([MeanSquares(), MeanSquares(everyOther: true)])
    } throws: {
      "\($0)".contains("two quantities are called MeanSquares; give them different names")
    }
  }

  @Test func observingChangesNothingThatIsTrained() throws {
    let (plain, observed) = (try trainer([]), try trainer([MeanSquares(everyOther: true)]))
    let (a, b) = (try records(plain), try records(observed))
    #expect(plain.step.network.parameters.elements.elementsEqual(observed.step.network.parameters.elements))
    #expect(a.map(\.trainingLoss) == b.map(\.trainingLoss) && a.allSatisfy { $0.measurements == nil })
    #expect(b[1].measurements?.first?.probes == 4)
  }

  /// Cut in the middle of a window: what was seen before is in the checkpoint.
  @Test func aResumedRunTellsTheSame() throws {
    let whole = try records(try trainer())
    let first = try trainer()
    _ = try first.run(TrainingObserver(shouldStop: { first.progress.update == 12 }))
    try first.save(to: "\(folder.path)/c.safetensors")
    let second = try trainer()
    try second.restore(Checkpoint(path: "\(folder.path)/c.safetensors"))
    let rest = try records(second)
    func measured(_ records: [EvaluationRecord]) -> [[Measurement]?] { records.map(\.measurements) }
    #expect(measured(rest) == measured(Array(whole.suffix(rest.count))))
  }
}
