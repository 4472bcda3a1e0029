public import BatchAlgebra
import BatchData

/// The operands of one dense layer's three products in one layout, filled with small random numbers.
///
/// Two sets of operands of the same shapes and seed hold the same numbers, whatever their layouts.
public final class LayerOperands<S: Scalar>: @unchecked Sendable {
  /// The number of the layer's inputs.
  public let inputs: Int
  /// The number of the layer's outputs.
  public let outputs: Int
  /// The largest batch.
  public let capacity: Int
  /// How the weight lies.
  public let layout: WeightLayout
  /// The number of weights, used in turn so that none is found in a cache.
  public let copies: Int
  private let x: AlignedBuffer<S>
  private let dx: AlignedBuffer<S>
  private let y: AlignedBuffer<S>
  private let dy: AlignedBuffer<S>
  private let weights: AlignedBuffer<S>
  private let gradients: AlignedBuffer<S>
  private let biasValues: AlignedBuffer<S>
  private let storedCount: Int

  /// Operands for batches of up to `capacity`.
  ///
  /// Rows are padded as the kernels want them, or for a plain weight as tight as a framework has them.
  ///
  /// - Throws: `AllocationError` when there is no memory for them.
  public init(
    inputs: Int, outputs: Int, layout: WeightLayout, capacity: Int, copies: Int = 1, seed: UInt64 = 1
  ) throws(AllocationError) {
    (self.inputs, self.outputs, self.layout, self.capacity, self.copies) = (inputs, outputs, layout, capacity, copies)
    storedCount = Self.storedCount(layout, inputs: inputs, outputs: outputs)
    let input = capacity * Self.rowStride(inputs, layout), output = capacity * Self.rowStride(outputs, layout)
    x = try AlignedBuffer(count: input)
    dx = try AlignedBuffer(count: input)
    y = try AlignedBuffer(count: output)
    dy = try AlignedBuffer(count: output)
    weights = try AlignedBuffer(count: copies * storedCount)
    gradients = try AlignedBuffer(count: copies * storedCount)
    biasValues = try AlignedBuffer(count: paddedRowStride(outputs))
    fill(seed: seed)
  }

  /// The number of bytes that such operands take.
  public static func byteCount(
    inputs: Int, outputs: Int, layout: WeightLayout, capacity: Int, copies: Int = 1
  ) -> Int {
    let rows = 2 * capacity * (rowStride(inputs, layout) + rowStride(outputs, layout))
    let weights = 2 * copies * storedCount(layout, inputs: inputs, outputs: outputs)
    return (rows + weights + paddedRowStride(outputs)) * MemoryLayout<S>.stride
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
      (weights.baseAddress + copy * storedCount).update(from: weights.baseAddress, count: storedCount)
    }
  }

  private func rows(_ buffer: AlignedBuffer<S>, _ batch: Int, _ columns: Int) -> MutableMatrixView<S> {
    MutableMatrixView(
      buffer.baseAddress, rows: batch, columns: columns, rowStride: Self.rowStride(columns, layout))
  }

  /// X [batch, inputs].
  public func input(_ batch: Int) -> MutableMatrixView<S> { rows(x, batch, inputs) }
  /// dX [batch, inputs].
  public func inputGradient(_ batch: Int) -> MutableMatrixView<S> { rows(dx, batch, inputs) }
  /// Y [batch, outputs].
  public func output(_ batch: Int) -> MutableMatrixView<S> { rows(y, batch, outputs) }
  /// dY [batch, outputs].
  public func outputGradient(_ batch: Int) -> MutableMatrixView<S> { rows(dy, batch, outputs) }
  /// W [inputs, outputs], one of its copies.
  public func weight(_ copy: Int = 0) -> WeightView<S> { view(weights, copy) }
  /// dW [inputs, outputs], one of its copies.
  public func gradient(_ copy: Int = 0) -> WeightView<S> { view(gradients, copy) }
  /// b [outputs], zeros.
  public var bias: UnsafePointer<S> { UnsafePointer(biasValues.baseAddress) }

  private func view(_ buffer: AlignedBuffer<S>, _ copy: Int) -> WeightView<S> {
    WeightView(
      buffer.baseAddress + copy * storedCount, inputs: inputs, outputs: outputs, layout: layout,
      instructionSet: .active)
  }
}
