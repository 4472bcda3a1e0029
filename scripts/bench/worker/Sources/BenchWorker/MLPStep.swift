import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchTraining

/// A training step that can be timed, whatever its precision.
protocol PreparedStep {
  /// The largest batch.
  var capacity: Int { get }
  /// Times some steps, after others that are not timed.
  func sample(batch: Int, warmUp: Int, steps: Int) -> StepSample
}

/// What one request measured.
struct StepSample {
  /// The mean duration of a step in seconds.
  var seconds: Double
  /// The involuntary context switches of all threads.
  var switches: Int
  /// The loss of the last step: finite, or the time is of no use.
  var loss: Double
}

/// An MLP with ReLU between its layers, trained on random numbers.
final class MLPStep<S: Scalar>: PreparedStep {
  /// As many batches as the steps go through in turn.
  private static var batches: Int { 8 }

  private let training: TrainingStep<S>
  private var quantities: [any StepQuantity]
  private let initial: [S]
  private let indices: [Int32]
  private var next = 0

  init(
    widths: [Int], optimizer: any Optimizer, quantities: [any StepQuantity], capacity: Int, team: ThreadTeam
  ) throws {
    let classes = widths[widths.count - 1]
    let examples = capacity * Self.batches
    // Small inputs: the learning rate is too high for larger ones at batch 1.
    var random = RandomStream(seed: 1, name: "bench")
    let numbers = (0..<examples * widths[0]).map { _ in 0.1 * Float(random.normal()) }
    let features = try Matrix<Float>(rows: examples, columns: widths[0], numbers)
    let data = try Dataset(
      name: "bench", features: features,
      targets: .classes(labels: (0..<examples).map { Int32($0 * 7 % classes) }, names: (0..<classes).map { "\($0)" }))
    let hidden = widths.dropFirst().dropLast().map { Dense($0, .relu) }
    let model = Sequential(inputShape: [widths[0]], layers: hidden + [Dense(classes)])
    let network = try Network<S>(model, seed: 1, context: Machine.context(S.self, threads: team.threads))
    training = try TrainingStep(
      network, on: data, loss: .softmaxCrossEntropy, optimizer: optimizer, capacity: capacity,
      needs: quantities.reduce(into: []) { $0.formUnion($1.needs) }, team: team)
    self.quantities = quantities
    initial = Array(network.parameters.elements)
    indices = (0..<examples).map { Int32($0) }
  }

  var capacity: Int { training.capacity }

  func sample(batch: Int, warmUp: Int, steps: Int) -> StepSample {
    // From the start each time: eight batches learnt by heart leave gradients too small to be normal numbers.
    initial.withUnsafeBufferPointer { initial in
      training.network.parameters.baseAddress.update(from: initial.baseAddress!, count: initial.count)
    }
    return indices.withUnsafeBufferPointer { indices in
      func run(_ steps: Int) -> LossResult? {
        var last: LossResult?
        for _ in 0..<steps {
          last = train(UnsafeBufferPointer(rebasing: indices[next * batch..<(next + 1) * batch]))
          next = (next + 1) % Self.batches
        }
        return last
      }
      _ = run(warmUp)
      let switches = involuntarySwitches()
      let start = ContinuousClock.now
      let last = run(steps)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      for index in quantities.indices { _ = quantities[index].takeMeasurements() }
      return StepSample(
        seconds: seconds / Double(steps), switches: involuntarySwitches() - switches, loss: last?.mean ?? .nan)
    }
  }

  /// A step, as a trainer makes it: what is observed says what it needs of it.
  private func train(_ batch: UnsafeBufferPointer<Int32>) -> LossResult {
    guard !quantities.isEmpty else { return training(batch) }
    let position = TrainingPosition(
      examples: training.updates * batch.count, examplesPerEpoch: indices.count, totalExamples: 1 << 40)
    let wanted = quantities.map { $0.needs(at: position, update: training.updates + 1) }
    let needs = wanted.reduce(into: StepNeeds()) { $0.formUnion($1 ?? []) }
    let writesGradient = needs.contains(.gradient)
    let loss =
      writesGradient ? training.computeGradient(batch, observing: needs) : training(batch, observing: needs)
    let result = training.result(loss, at: position, beforeUpdate: writesGradient)
    for index in quantities.indices where wanted[index] != nil { quantities[index].observe(result) }
    if writesGradient { training.update() }
    return loss
  }
}
