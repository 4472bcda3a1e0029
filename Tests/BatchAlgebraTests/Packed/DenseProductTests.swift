import BatchAlgebra
import BatchTestSupport
import Testing

/// The three products of a dense layer against three naive loops, on every instruction set this processor runs, in
/// every layout, by every kernel.
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
      for engine in GEMMEngine.allCases {
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
    let layout = WeightLayout.best(inputs: inputs, outputs: outputs, of: S.self, engine: engine, set: set)
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

    for rectified in [false, true] {
      let y = try PaddedRows<S>(rows: batch, columns: outputs)
      run(
        ForwardProduct(
          rows.view.readOnly, times: weight.view, plus: UnsafePointer(storedBias.baseAddress), rectified: rectified,
          into: y.view, threads: threads))
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

    for thresholds in backwardDataThresholds(layout) {
      let dx = try PaddedRows<S>(rows: batch, columns: inputs)
      let product = BackwardDataProduct(
        slopes.view.readOnly, times: weight.view, into: dx.view, scratch: scratch, threads: threads,
        thresholds: thresholds)
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

    let gradient = try WeightMemory<S>(
      inputs, outputs, layout, set, [S](repeating: .nan, count: inputs * outputs))
    run(
      BackwardWeightsProduct(
        rows.view.readOnly, slopes.view.readOnly, into: gradient.view, scratch: scratch, threads: threads))
    expect("backward-weights", gradient.values, depth: batch, columns: outputs) { i, j in
      dot(batch) {
        x[$0 * inputs + i]
      } _: {
        dy[$0 * outputs + j]
      }
    }
    #expect(gradient.paddingIsZero, "\(label)")
  }

  /// Each way of computing the gradient of the input: as planned, and both kernels with the result or the contraction
  /// cut.
  private func backwardDataThresholds(_ layout: WeightLayout) -> [GEMMThresholds] {
    guard case .panels = layout else { return [.defaults] }
    return [.defaults]
      + [1, .max].flatMap { mirrored in
        [0, .max].map {
          GEMMThresholds(mirroredBatch: mirrored, contractionCutBatch: $0, smallestSharedWork: 0)
        }
      }
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
