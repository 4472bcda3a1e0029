import BatchAlgebra
import BatchTestSupport
import CBatchKernels
import Testing

/// An update that is done while the gradient is computed ends where one from the gradient does.
@Suite struct WeightUpdateTests {
  static let rules: [bk_rule] = [BK_SGD, BK_MOMENTUM, BK_NESTEROV, BK_ADAM]

  @Test(arguments: rules, InstructionSet.supported)
  func fusedEqualsSeparate(_ rule: bk_rule, _ set: InstructionSet) throws {
    for batch in [1, 2, 7, 47, 48, 130, 384, 1100] {
      for (inputs, outputs) in [(5, 70), (100, 64), (203, 300)] {
        try check(rule, set, batch, inputs, outputs, as: Float.self)
        try check(rule, set, batch, inputs, outputs, as: Double.self)
      }
    }
  }

  private func check<S: Scalar>(
    _ rule: bk_rule, _ set: InstructionSet, _ batch: Int, _ inputs: Int, _ outputs: Int, as _: S.Type
  ) throws {
    let threads = 2
    let layout = WeightLayout.panels(width: S.panelWidth(set))
    var numbers = TestNumbers(seed: UInt64(batch + inputs))
    let x = try PaddedRows<S>(numbers.uniform(count: batch * inputs, as: S.self), rows: batch, columns: inputs)
    let dy = try PaddedRows<S>(numbers.uniform(count: batch * outputs, as: S.self), rows: batch, columns: outputs)
    func memory(_ values: [S]) throws -> WeightMemory<S> { try WeightMemory(inputs, outputs, layout, set, values) }
    let w = numbers.uniform(count: inputs * outputs, as: S.self),
      m = numbers.uniform(count: inputs * outputs, as: S.self)
    // A second moment is never negative.
    let s = numbers.uniform(count: inputs * outputs, as: S.self).map { $0.magnitude }
    let scratchMemory = try AlignedBuffer<S>(
      count: ProductScratch<S>.count(threads: threads, widest: inputs, instructionSet: set))
    let scratch = ProductScratch(scratchMemory.baseAddress, widest: inputs, instructionSet: set)
    var update = bk_update()
    update.rule = rule
    update.rate = 0.01
    update.weight_decay = 0.1
    update.momentum = 0.9
    (update.beta1, update.beta2, update.epsilon) = (0.9, 0.99, 1e-8)
    (update.correction1, update.correction2) = (1.5, 2)

    let fused = try [w, m, s].map(memory)
    let product = BackwardWeightsProduct(
      x.view.readOnly, dy.view.readOnly, into: fused[0].view,
      update: WeightUpdate(rule: update, state0: fused[1].view.baseAddress, state1: fused[2].view.baseAddress),
      scratch: scratch, threads: threads)
    for thread in 0..<threads { product.run(thread: thread, of: threads) }

    let separate = try [w, m, s].map(memory)
    let gradient = try memory([S](repeating: 0, count: inputs * outputs))
    let gradientProduct = BackwardWeightsProduct(
      x.view.readOnly, dy.view.readOnly, into: gradient.view, scratch: scratch, threads: threads)
    for thread in 0..<threads { gradientProduct.run(thread: thread, of: threads) }
    var (weights, state0, state1) = (separate[0].stored, separate[1].stored, separate[2].stored)
    S.kernelUpdate(update, weights.count, &weights, gradient.stored, &state0, &state1)

    let tolerance = S.self == Float.self ? 2e-5 : 1e-13
    #expect(firstMismatch(fused[0].stored, weights.map(Double.init), absolute: tolerance) == nil)
    #expect(rule == BK_SGD || firstMismatch(fused[1].stored, state0.map(Double.init), absolute: tolerance) == nil)
    #expect(rule != BK_ADAM || firstMismatch(fused[2].stored, state1.map(Double.init), absolute: tolerance) == nil)
    for memory in fused { #expect(memory.paddingIsZero, "\(batch) \(inputs) \(outputs)") }
  }
}
