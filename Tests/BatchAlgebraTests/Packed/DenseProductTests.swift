import BatchAlgebra
import BatchTestSupport
import Testing

/// The three products of a dense layer against three naive loops, on every instruction set this processor runs, in
/// every layout, by every engine and kernel.
@Suite struct DenseProductTests {
  /// Inputs and outputs: one, narrow layers, around the tiles and panels of every instruction set, more than one block.
  static let shapes: [(inputs: Int, outputs: Int)] = [
    (1, 1), (5, 3), (17, 10), (64, 64), (63, 65), (100, 16), (40, 129), (300, 24), (270, 96),
  ]

  /// Batches around the tiles, more than one block of rows and of the contraction.
  static let batches = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17, 33, 47, 48, 64, 65, 97, 130, 300]

  @Test(arguments: shapes, InstructionSet.supported)
  func productsEqualTheirTwins(_ shape: (inputs: Int, outputs: Int), _ set: InstructionSet) throws {
    for batch in Self.batches {
      for engine in [GEMMEngine.kernels, .openBLAS] {
        try DenseCase<Float>(batch, shape.inputs, shape.outputs, engine, set, tolerance: 1e-5).check()
        try DenseCase<Double>(batch, shape.inputs, shape.outputs, engine, set, tolerance: 1e-12).check()
      }
    }
  }

  @Test(arguments: InstructionSet.supported) func everyBatchIsRight(_ set: InstructionSet) throws {
    for batch in 1...130 {
      try DenseCase<Float>(batch, 70, 80, .kernels, set, tolerance: 1e-5).check()
      try DenseCase<Float>(batch, 70, 10, .kernels, set, tolerance: 1e-5).check()
    }
  }

  @Test(arguments: [1, 2, 3, 5, 8]) func everyTeamIsRight(_ threads: Int) throws {
    for batch in [1, 7, 64, 129] {
      try DenseCase<Float>(batch, 200, 150, .kernels, .underTest, threads: threads, tolerance: 1e-5).check()
      try DenseCase<Float>(batch, 200, 10, .kernels, .underTest, threads: threads, tolerance: 1e-5).check()
    }
  }

  /// Long contractions are cut in blocks in every pass.
  @Test(arguments: InstructionSet.supported) func longContractionsAreRight(_ set: InstructionSet) throws {
    try DenseCase<Float>(7, 2100, 96, .kernels, set, tolerance: 1e-5).check()
    try DenseCase<Float>(70, 96, 2100, .kernels, set, tolerance: 1e-5).check()
    try DenseCase<Float>(1100, 110, 70, .kernels, set, tolerance: 1e-5).check()
    // Several blocks of rows and groups of panels of a gradient whose sums wait, and inputs beyond the last level.
    try DenseCase<Float>(300, 420, 530, .kernels, set, threads: 1, tolerance: 1e-5).check()
    try DenseCase<Double>(1030, 420, 330, .kernels, set, threads: 1, tolerance: 1e-12).check()
    try DenseCase<Float>(600, 1800, 66, .kernels, set, threads: 1, tolerance: 1e-5).check()
  }
}

/// One layer with random operands, whose products are computed and compared.
private struct DenseCase<S: Scalar> {
  let batch: Int
  let inputs: Int
  let outputs: Int
  let engine: GEMMEngine
  let set: InstructionSet
  let threads: Int
  /// Relative to the sum of the magnitudes that a result is made of.
  let tolerance: Double

  init(
    _ batch: Int, _ inputs: Int, _ outputs: Int, _ engine: GEMMEngine, _ set: InstructionSet, threads: Int = 2,
    tolerance: Double
  ) {
    (self.batch, self.inputs, self.outputs) = (batch, inputs, outputs)
    (self.engine, self.set, self.threads, self.tolerance) = (engine, set, threads, tolerance)
  }

  private var label: String { "\(batch)×\(inputs)×\(outputs) \(engine) \(set) \(S.self)" }

  func check() throws {
    var numbers = TestNumbers(seed: UInt64(batch * 1_000_003 + inputs * 1009 + outputs))
    let x: [S] = numbers.uniform(count: batch * inputs, as: S.self)
    let dy: [S] = numbers.uniform(count: batch * outputs, as: S.self)
    let w: [S] = numbers.uniform(count: inputs * outputs, as: S.self)
    let bias: [S] = numbers.uniform(count: outputs, as: S.self)
    let layout = WeightLayout.best(inputs: inputs, outputs: outputs, of: S.self, in: context())
    let weight = try WeightMemory<S>(inputs, outputs, layout, set, w)
    let storedBias = try AlignedBuffer<S>(count: paddedRowStride(outputs))
    for (j, value) in bias.enumerated() { storedBias.baseAddress[j] = value }
    let bytesPerThread = ProductScratch<S>.byteCount(inputs: inputs, instructionSet: set)
    let scratchMemory = try AlignedBuffer<UInt8>(count: threads * bytesPerThread)
    scratchMemory.elements.update(repeating: 0xFF)
    let scratch = ProductScratch<S>(
      scratchMemory.baseAddress, bytesPerThread: bytesPerThread, instructionSet: set)
    let single = try ThreadTeam(threads: 1)
    let rows = try PaddedRows(x, rows: batch, columns: inputs)
    let slopes = try PaddedRows(dy, rows: batch, columns: outputs)

    for (rectified, way) in [false, true].flatMap({ rectified in ways(.forward, layout).map { (rectified, $0) } }) {
      let y = try PaddedRows<S>(rows: batch, columns: outputs)
      run(
        ForwardProduct(
          rows.view.readOnly, times: weight.view, plus: UnsafePointer(storedBias.baseAddress), rectified: rectified,
          into: y.view, plan: plan(.forward, layout, way)))
      expect("forward", y.values, depth: inputs) { i, j in
        let sum =
          dot(inputs) {
            x[i * inputs + $0]
          } _: {
            w[$0 * outputs + j]
          } + Double(bias[j])
        return rectified ? max(sum, 0) : sum
      }
      #expect(y.paddingIsZero, "\(label)")
    }

    for way in ways(.backwardData, layout) {
      let dx = try PaddedRows<S>(rows: batch, columns: inputs)
      let product = BackwardDataProduct(
        slopes.view.readOnly, times: weight.view, into: dx.view, scratch: scratch,
        plan: plan(.backwardData, layout, way))
      run(product)
      product.addPartialSums(on: single)
      expect("backward-data", dx.values, depth: outputs) { i, j in
        dot(outputs) {
          dy[i * outputs + $0]
        } _: {
          w[j * outputs + $0]
        }
      }
      #expect(dx.paddingIsZero, "\(label)")
    }

    for way in ways(.backwardWeights, layout) {
      let gradient = try WeightMemory<S>(
        inputs, outputs, layout, set, [S](repeating: .nan, count: inputs * outputs))
      run(
        BackwardWeightsProduct(
          rows.view.readOnly, slopes.view.readOnly, into: gradient.view, scratch: scratch,
          plan: plan(.backwardWeights, layout, way)))
      expect("backward-weights", gradient.values, depth: batch, columns: outputs) { i, j in
        dot(batch) {
          x[$0 * inputs + i]
        } _: {
          dy[$0 * outputs + j]
        }
      }
      #expect(gradient.paddingIsZero, "\(label)")
    }
  }

  private func context(_ thresholds: GEMMThresholds? = nil, engine: GEMMEngine? = nil) -> ComputeContext {
    .test(S.self, threads: threads, engine: engine ?? self.engine, instructionSet: set, thresholds: thresholds)
  }

  private func plan(_ pass: GEMMPlan.Pass, _ layout: WeightLayout, _ context: ComputeContext) -> GEMMPlan {
    GEMMPlan(pass, batch: batch, inputs: inputs, outputs: outputs, layout: layout, context: context)
  }

  /// Each way of computing a product on a layout: as planned, by OpenBLAS, and for the gradient of the input by both
  /// own kernels; where it is cut among threads, by the result and by the contraction.
  private func ways(_ pass: GEMMPlan.Pass, _ layout: WeightLayout) -> [ComputeContext] {
    guard layout != .plain else { return [context()] }
    var ways = [context()]
    for (packed, cut) in pass == .backwardData ? [(1, 0), (1, .max), (.max, 0), (.max, .max)] : [(16, 0)] {
      let thresholds = GEMMThresholds(ntPackedBatch: packed, contractionCutBatch: cut, smallestSharedWork: 0)
      ways += [context(thresholds), context(thresholds, engine: .openBLAS)]
    }
    return ways
  }

  /// Every thread's part, one after another.
  private func run(_ task: some TeamTask) { for thread in 0..<threads { task.run(thread: thread, of: threads) } }

  private func dot(_ depth: Int, _ a: (Int) -> S, _ b: (Int) -> S) -> Double {
    (0..<depth).reduce(0) { $0 + Double(a($1)) * Double(b($1)) }
  }

  private func expect(
    _ pass: String, _ values: [S], depth: Int, columns: Int? = nil, _ twin: (Int, Int) -> Double
  ) {
    let columns = columns ?? values.count / batch
    // Terms lie within ±1: a sum of `depth` of them has rounding errors of that order at most.
    let allowed = tolerance * Double(max(depth, 1)).squareRoot()
    var worst = 0.0
    for (index, value) in values.enumerated() {
      let error = abs(Double(value) - twin(index / columns, index % columns))
      worst = error.isNaN ? .infinity : max(worst, error)
    }
    #expect(worst <= allowed, "\(pass) \(label)")
  }
}
