public import BatchAlgebra

/// A dense layer's weight in a layout, with memory of its own.
public final class WeightMemory<S: Scalar> {
  private let buffer: AlignedBuffer<S>
  private let inputs: Int
  private let outputs: Int
  private let layout: WeightLayout
  private let set: InstructionSet

  /// A weight with the given elements in the row-major order of [inputs, outputs].
  public init(
    _ inputs: Int, _ outputs: Int, _ layout: WeightLayout, _ set: InstructionSet, _ values: [S]
  ) throws {
    (self.inputs, self.outputs, self.layout, self.set) = (inputs, outputs, layout, set)
    buffer = try AlignedBuffer(count: layout.storedCount(inputs: inputs, outputs: outputs))
    for (index, value) in values.enumerated() { view[index / outputs, index % outputs] = value }
  }

  /// The weight; valid while this object lives.
  public var view: WeightView<S> {
    WeightView(buffer.baseAddress, inputs: inputs, outputs: outputs, layout: layout, instructionSet: set)
  }

  /// The elements in the row-major order of [inputs, outputs].
  public var values: [S] {
    (0..<inputs * outputs).map { view[$0 / outputs, $0 % outputs] }
  }

  /// All elements in memory, padding included.
  public var stored: [S] { Array(buffer.elements) }

  /// Whether everything that is no weight is zero.
  public var paddingIsZero: Bool {
    var used = Set<Int>()
    for index in 0..<inputs * outputs {
      used.insert(layout.offset(input: index / outputs, output: index % outputs, inputs: inputs, outputs: outputs))
    }
    return buffer.elements.indices.allSatisfy { used.contains($0) || buffer.elements[$0] == 0 }
  }
}
