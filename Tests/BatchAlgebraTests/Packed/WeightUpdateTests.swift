import BatchAlgebra
import BatchTestSupport
import CBatchKernels
import Testing

/// An update that is done while the gradient is computed ends where the naive one from the gradient does.
@Suite struct WeightUpdateTests {
  @Test(arguments: UpdateExample.elementwise, InstructionSet.supported)
  func fusedFollowsItsTwin(_ example: UpdateExample, _ set: InstructionSet) throws {
    // Decay and precision change what is done with a gradient, and not how the product is cut.
    let decays = example.update.weight_decay > 0
    for batch in decays ? [1, 48] : [1, 2, 7, 47, 48, 130, 384, 1100] {
      for (inputs, outputs) in [(5, 70), (100, 64), (203, 130)] {
        try check(example, set, .kernels, batch, inputs, outputs, as: Float.self)
        guard [1, 7, 48, 1100].contains(batch) else { continue }
        try check(example, set, .kernels, batch, inputs, outputs, as: Double.self)
        try check(example, set, .openBLAS, batch, inputs, outputs, as: Float.self)
      }
    }
  }

  private func check<S: Scalar>(
    _ example: UpdateExample, _ set: InstructionSet, _ engine: GEMMEngine, _ batch: Int, _ inputs: Int, _ outputs: Int,
    as _: S.Type
  ) throws {
    let threads = 2
    let layout = WeightLayout.panels(width: S.panelWidth(set))
    var numbers = TestNumbers(seed: UInt64(batch + inputs))
    let x = try PaddedRows<S>(numbers.uniform(count: batch * inputs, as: S.self), rows: batch, columns: inputs)
    let dy = try PaddedRows<S>(numbers.uniform(count: batch * outputs, as: S.self), rows: batch, columns: outputs)
    func memory(_ values: [S]) throws -> WeightMemory<S> { try WeightMemory(inputs, outputs, layout, set, values) }
    let w = numbers.uniform(count: inputs * outputs, as: S.self)
    let state = example.state(count: inputs * outputs, from: &numbers, as: S.self)
    let bytesPerThread = ProductScratch<S>.byteCount(inputs: inputs, instructionSet: set)
    let scratchMemory = try AlignedBuffer<UInt8>(count: threads * bytesPerThread)
    let scratch = ProductScratch<S>(
      scratchMemory.baseAddress, bytesPerThread: bytesPerThread, instructionSet: set)

    let weights = try memory(w)
    let vectors = try state.map(memory)
    func vector(_ index: Int) -> UnsafeMutablePointer<S>? {
      index < vectors.count ? vectors[index].view.baseAddress : nil
    }
    let gradient = try memory([S](repeating: 0, count: inputs * outputs))
    let context = ComputeContext.test(S.self, threads: threads, engine: engine, instructionSet: set)
    let plan = GEMMPlan(
      .backwardWeights, batch: batch, inputs: inputs, outputs: outputs, layout: layout, context: context)
    let stride = BackwardWeightsProduct<S>.squaresStride
    let squares = try AlignedBuffer<Double>(count: 2 * threads * stride)
    let product = BackwardWeightsProduct(
      x.view.readOnly, dy.view.readOnly, into: gradient.view, updating: weights.view,
      by: WeightUpdate(rule: example.update, state0: vector(0), state1: vector(1), state2: vector(2)),
      squares: squares.baseAddress, scratch: scratch, plan: plan)
    for thread in 0..<threads { product.run(thread: thread, of: threads) }

    let gradientProduct = BackwardWeightsProduct(
      x.view.readOnly, dy.view.readOnly, into: gradient.view, updating: gradient.view, by: nil,
      squares: squares.baseAddress + threads * stride, scratch: scratch, plan: plan)
    for thread in 0..<threads { gradientProduct.run(thread: thread, of: threads) }
    var twin = NaiveUpdate(weights: w.map(Double.init), state: state.map { $0.map(Double.init) })
    twin.step(example.update, gradient.values.map(Double.init))

    let tolerance = S.self == Float.self ? 2e-6 : 1e-14
    let message = "\(batch) examples, \(inputs) to \(outputs)"
    #expect(firstMismatch(weights.values, twin.weights, relative: tolerance, absolute: tolerance) == nil, "\(message)")
    for (found, expected) in zip(vectors, twin.state) {
      #expect(
        firstMismatch(found.values, expected, relative: tolerance * 10, absolute: tolerance * 10) == nil, "\(message)")
    }
    // The squares of the gradient, whether it is used at once or written.
    let sum = gradient.values.reduce(0) { $0 + Double($1) * Double($1) }
    for first in [0, threads] {
      let found = (0..<threads).reduce(0) { $0 + squares.baseAddress[(first + $1) * stride] }
      #expect(abs(found - sum) <= tolerance * sum, "\(message)")
    }
    for memory in vectors + [weights] { #expect(memory.paddingIsZero, "\(message)") }
  }
}
