public import BatchAlgebra
import BatchFoundation

/// The operands of one dense layer's three products in one layout, filled with small random numbers.
///
/// Two sets of operands of the same shapes and seed hold the same numbers, whatever their layouts. Products on them are
/// set up by one thread at a time.
public final class LayerOperands<S: Scalar>: @unchecked Sendable {
  /// The number of the layer's inputs.
  public let inputs: Int
  /// The number of the layer's outputs.
  public let outputs: Int
  /// The largest batch.
  public let capacity: Int
  /// How the weight lies.
  public let layout: WeightLayout
  /// The instructions of the kernels that it lies so for.
  public let instructionSet: InstructionSet
  /// The number of weights, used in turn so that none is found in a cache.
  public let copies: Int
  private let memory: AlignedBuffer<S>
  private let parts: Parts
  private let storedCount: Int
  private var scratchMemory: [Int: AlignedBuffer<UInt8>] = [:]

  /// Where in the memory each operand begins.
  private struct Parts {
    var x = 0, dx = 0, y = 0, dy = 0, weights = 0, gradients = 0, bias = 0
    /// The number of elements of all.
    var count = 0

    /// Takes a stretch of whole cache lines.
    mutating func take(_ elements: Int) -> Int {
      defer { count += (elements + 15) / 16 * 16 }
      return count
    }

    init(inputs: Int, outputs: Int, layout: WeightLayout, capacity: Int, copies: Int) {
      let input = capacity * LayerOperands.rowStride(inputs, layout)
      let output = capacity * LayerOperands.rowStride(outputs, layout)
      let stored = copies * LayerOperands.storedCount(layout, inputs: inputs, outputs: outputs)
      (x, dx) = (take(input), take(input))
      (y, dy) = (take(output), take(output))
      (weights, gradients) = (take(stored), take(stored))
      bias = take(paddedRowStride(outputs))
    }
  }

  /// Operands for batches of up to `capacity`.
  ///
  /// Rows are padded as the kernels want them, or for a plain weight as tight as a framework has them. All lie in one
  /// stretch of huge pages: which cache sets they share then does not change from one process to the next.
  ///
  /// - Throws: `AllocationError` when there is no memory for them.
  public init(
    inputs: Int, outputs: Int, layout: WeightLayout, capacity: Int, copies: Int = 1, seed: UInt64 = 1,
    instructionSet: InstructionSet = .widest
  ) throws(AllocationError) {
    (self.inputs, self.outputs, self.layout, self.capacity, self.copies) = (inputs, outputs, layout, capacity, copies)
    self.instructionSet = instructionSet
    storedCount = Self.storedCount(layout, inputs: inputs, outputs: outputs)
    parts = Parts(inputs: inputs, outputs: outputs, layout: layout, capacity: capacity, copies: copies)
    memory = try AlignedBuffer(count: parts.count, inHugePages: true)
    fill(seed: seed)
  }

  /// The number of bytes that such operands take; `Int.max` for more than can be counted.
  public static func byteCount(
    inputs: Int, outputs: Int, layout: WeightLayout, capacity: Int, copies: Int = 1
  ) -> Int {
    // A batch of any size may be asked for: first a bound of what its rows take, padding included.
    let (rows, overflow) = capacity.multipliedReportingOverflow(by: 4 * (inputs + outputs + 128))
    guard !overflow, rows < Int.max / 16 else { return .max }
    let count = Parts(inputs: inputs, outputs: outputs, layout: layout, capacity: capacity, copies: copies).count
    return AlignedBuffer<S>.byteCount(of: count, inHugePages: true) ?? Int.max
  }

  /// The number of bytes of one copy of the weight.
  static func weightByteCount(inputs: Int, outputs: Int, layout: WeightLayout) -> Int {
    storedCount(layout, inputs: inputs, outputs: outputs) * MemoryLayout<S>.stride
  }

  /// A whole number of cache lines, so that copies do not share one.
  private static func storedCount(_ layout: WeightLayout, inputs: Int, outputs: Int) -> Int {
    (layout.storedCount(inputs: inputs, outputs: outputs) + 15) / 16 * 16
  }

  private static func rowStride(_ columns: Int, _ layout: WeightLayout) -> Int {
    layout == .plain ? columns : paddedRowStride(columns)
  }

  private func fill(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "operands")
    func number() -> S { S(random.uniform() - 0.5) }
    // What pads rows and panels stays zero, as the kernels want it.
    for view in [input(capacity), outputGradient(capacity)] {
      for i in 0..<view.rows { for j in 0..<view.columns { view[i, j] = number() } }
    }
    let first = weight()
    for i in 0..<inputs { for j in 0..<outputs { first[i, j] = number() } }
    for copy in 1..<max(1, copies) {
      let weights = memory.baseAddress + parts.weights
      (weights + copy * storedCount).update(from: weights, count: storedCount)
    }
  }

  private func rows(_ part: Int, _ batch: Int, _ columns: Int) -> MutableMatrixView<S> {
    MutableMatrixView(
      memory.baseAddress + part, rows: batch, columns: columns, rowStride: Self.rowStride(columns, layout))
  }

  /// What products on so many threads use for a moment, the same memory for all engines.
  ///
  /// Where memory lies in the caches moves the time of a small product by some percent, by which engines would then
  /// seem to differ.
  ///
  /// - Throws: `AllocationError` when there is no memory for it.
  func scratch(threads: Int) throws(AllocationError) -> ProductScratch<S> {
    let bytesPerThread = ProductScratch<S>.byteCount(inputs: inputs, instructionSet: instructionSet)
    let memory: AlignedBuffer<UInt8>
    if let made = scratchMemory[threads] {
      memory = made
    } else {
      memory = try AlignedBuffer(count: threads * bytesPerThread, inHugePages: true)
      scratchMemory[threads] = memory
    }
    return ProductScratch(memory.baseAddress, bytesPerThread: bytesPerThread, instructionSet: instructionSet)
  }

  /// X [batch, inputs].
  public func input(_ batch: Int) -> MutableMatrixView<S> { rows(parts.x, batch, inputs) }
  /// dX [batch, inputs].
  public func inputGradient(_ batch: Int) -> MutableMatrixView<S> { rows(parts.dx, batch, inputs) }
  /// Y [batch, outputs].
  public func output(_ batch: Int) -> MutableMatrixView<S> { rows(parts.y, batch, outputs) }
  /// dY [batch, outputs].
  public func outputGradient(_ batch: Int) -> MutableMatrixView<S> { rows(parts.dy, batch, outputs) }
  /// W [inputs, outputs], one of its copies.
  public func weight(_ copy: Int = 0) -> WeightView<S> { view(parts.weights, copy) }
  /// dW [inputs, outputs], one of its copies.
  public func gradient(_ copy: Int = 0) -> WeightView<S> { view(parts.gradients, copy) }
  /// b [outputs], zeros.
  public var bias: UnsafePointer<S> { UnsafePointer(memory.baseAddress + parts.bias) }

  private func view(_ part: Int, _ copy: Int) -> WeightView<S> {
    WeightView(
      memory.baseAddress + part + copy * storedCount, inputs: inputs, outputs: outputs, layout: layout,
      instructionSet: instructionSet)
  }
}
