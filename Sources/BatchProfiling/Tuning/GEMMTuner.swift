public import BatchAlgebra
import CBatchKernels
import Glibc

/// Measures on this machine where one way of computing a layer's products becomes faster than another.
public struct GEMMTuner<S: Scalar> {
  /// Two ways at one batch size or amount of work.
  public struct Comparison: Sendable, Hashable {
    /// The crossover that it bears on.
    public enum Subject: String, Sendable, Hashable, CaseIterable {
      /// ``/BatchAlgebra/GEMMCrossovers/mirroredBatch``.
      case mirroredBatch = "mirrored batch"
      /// ``/BatchAlgebra/GEMMCrossovers/contractionCutBatch``.
      case contractionCutBatch = "contraction cut batch"
      /// ``/BatchAlgebra/GEMMCrossovers/smallestSharedWork``.
      case smallestSharedWork = "smallest shared work"
    }

    /// The crossover.
    public var subject: Subject
    /// The batch size, or the number of multiply-adds.
    public var value: Int
    /// The duration of the way for smaller values over that of the way for larger ones: above 1 where the latter is the
    /// faster.
    public var ratio: Double
  }

  /// The crossovers that the comparisons come to.
  public private(set) var crossovers = GEMMCrossovers.defaults
  /// What was measured, in order.
  public private(set) var comparisons: [Comparison] = []
  private let team: ThreadTeam
  private let timing = InterleavedTiming()

  /// Measures for some seconds on a team's threads, with the active instruction set.
  ///
  /// - Throws: `AllocationError` when there is no memory for the layers.
  public init(team: ThreadTeam) throws(AllocationError) {
    self.team = team
    let large = try TunedLayer<S>(1024, 512, team), small = try TunedLayer<S>(512, 512, team)
    let tiny = try TunedLayer<S>(128, 128, team)
    // Several layers, as in a step: when a weight is read again, others have taken its place in the caches near a core.
    func backward(_ batch: Int, _ crossovers: GEMMCrossovers) {
      large.backward(batch, crossovers)
      small.backward(batch, crossovers)
    }
    crossovers.mirroredBatch = measure(.mirroredBatch, [4, 6, 8, 12, 16, 24, 32, 48, 64], backward) { isLarger in
      GEMMCrossovers(mirroredBatch: isLarger ? 1 : .max, contractionCutBatch: 0, smallestSharedWork: 0)
    }
    guard team.threads > 1 else { return }
    let mirrored = crossovers.mirroredBatch
    // Uncut is the way for larger batches.
    let uncut = measure(.contractionCutBatch, [1, 2, 4, 8, 12, 16, 24, 32], backward) { isLarger in
      GEMMCrossovers(
        mirroredBatch: mirrored, contractionCutBatch: isLarger ? 0 : .max, smallestSharedWork: 0)
    }
    crossovers.contractionCutBatch = min(uncut - 1, GEMMCrossovers.largestContractionCut)
    func forward(_ work: Int, _ crossovers: GEMMCrossovers) { tiny.forward(work / tiny.work, crossovers) }
    let works = [1, 2, 4, 8, 16, 32].map { $0 * tiny.work }
    crossovers.smallestSharedWork = measure(.smallestSharedWork, works, forward) { isLarger in
      GEMMCrossovers(mirroredBatch: mirrored, contractionCutBatch: 0, smallestSharedWork: isLarger ? 0 : .max)
    }
  }

  /// Compares two ways at rising values; returns the value from which on the way for larger ones is to be taken.
  ///
  /// All values together then take the least time, each weighing the same: one noisy ratio does not move the crossover far.
  /// One more than the last value where that way should never be taken.
  private mutating func measure(
    _ subject: Comparison.Subject, _ values: [Int], _ body: (_ value: Int, _ way: GEMMCrossovers) -> Void,
    _ crossovers: (_ isLarger: Bool) -> GEMMCrossovers
  ) -> Int {
    let ways = [crossovers(false), crossovers(true)]
    // What is lost on the values so far by taking the way for larger ones, in logarithms.
    var loss = 0.0
    var best = (loss: 0.0, value: values[0])
    for (index, value) in values.enumerated() {
      let medians = timing.medians(ways.count) { body(value, ways[$0]) }
      comparisons.append(Comparison(subject: subject, value: value, ratio: medians[0] / medians[1]))
      loss += log(medians[0] / medians[1])
      if loss < best.loss { best = (loss, index + 1 < values.count ? values[index + 1] : value + 1) }
    }
    return best.value
  }
}

/// A layer in panels with everything that its passes want, filled with ones and zeros: the numbers take the same time.
private final class TunedLayer<S: Scalar> {
  /// The multiply-adds of a product at batch 1.
  let work: Int
  private let team: ThreadTeam
  private let inputs: Int
  private let outputs: Int
  private let layout: WeightLayout
  private let x: AlignedBuffer<S>
  private let dx: AlignedBuffer<S>
  private let y: AlignedBuffer<S>
  private let weight: AlignedBuffer<S>
  private let state: AlignedBuffer<S>
  private let bias: AlignedBuffer<S>
  private let scratchMemory: AlignedBuffer<S>

  private static var largestBatch: Int { 64 }

  init(_ inputs: Int, _ outputs: Int, _ team: ThreadTeam) throws(AllocationError) {
    (self.inputs, self.outputs, self.team) = (inputs, outputs, team)
    work = inputs * outputs
    layout = .best(inputs: inputs, outputs: outputs, of: S.self, engine: .kernels, set: .active)
    x = try AlignedBuffer(count: Self.largestBatch * paddedRowStride(inputs))
    dx = try AlignedBuffer(count: Self.largestBatch * paddedRowStride(inputs))
    y = try AlignedBuffer(count: Self.largestBatch * paddedRowStride(outputs))
    let stored = layout.storedCount(inputs: inputs, outputs: outputs)
    weight = try AlignedBuffer(count: stored)
    state = try AlignedBuffer(count: stored)
    bias = try AlignedBuffer(count: paddedRowStride(outputs))
    scratchMemory = try AlignedBuffer(
      count: ProductScratch<S>.count(threads: team.threads, widest: inputs, instructionSet: .active))
    weight.elements.update(repeating: 1)
  }

  private func view(_ buffer: AlignedBuffer<S>, _ batch: Int, _ columns: Int) -> MutableMatrixView<S> {
    MutableMatrixView(buffer.baseAddress, rows: batch, columns: columns, rowStride: paddedRowStride(columns))
  }

  private var weights: WeightView<S> {
    WeightView(weight.baseAddress, inputs: inputs, outputs: outputs, layout: layout, instructionSet: .active)
  }

  /// The forward pass.
  func forward(_ batch: Int, _ crossovers: GEMMCrossovers) {
    let product = ForwardProduct(
      view(x, batch, inputs).readOnly, times: weights, plus: UnsafePointer(bias.baseAddress), rectified: false,
      into: view(y, batch, outputs), threads: team.threads, crossovers: crossovers)
    team.run(product, parts: product.plan.parts)
  }

  /// The gradient of the input, then the weights' update with momentum: in a step they follow each other, and which
  /// thread has read a panel matters to the one that updates it.
  func backward(_ batch: Int, _ crossovers: GEMMCrossovers) {
    let scratch = ProductScratch(scratchMemory.baseAddress, widest: inputs, instructionSet: .active)
    BackwardDataProduct(
      view(y, batch, outputs).readOnly, times: weights, into: view(dx, batch, inputs), scratch: scratch,
      threads: team.threads, crossovers: crossovers
    ).run(on: team)
    var rule = bk_update()
    rule.rule = BK_MOMENTUM
    rule.momentum = 0.9
    let update = BackwardWeightsProduct(
      view(x, batch, inputs).readOnly, view(y, batch, outputs).readOnly, into: weights,
      update: WeightUpdate(rule: rule, state0: state.baseAddress, state1: nil), scratch: scratch, threads: team.threads,
      crossovers: crossovers)
    team.run(update, parts: update.plan.parts)
  }
}
