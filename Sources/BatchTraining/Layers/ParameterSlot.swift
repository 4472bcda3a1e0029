public import BatchAlgebra

/// Where a parameter lies in the network's one parameter vector, and how.
public struct ParameterSlot: Sendable, Hashable {
  /// The name within the network: `layers.3.weight`.
  public var name: String
  /// The shape; [in, out] for a weight.
  public var shape: [Int]
  /// The index of the first element; a multiple of 16, so that every parameter starts on a cache line.
  public var offset: Int
  /// The number of elements in memory, padding included.
  public var storedCount: Int
  /// How a weight [in, out] lies; everything else is plain.
  public var layout: WeightLayout

  /// The number of elements, without padding.
  public var count: Int { shape.reduce(1, *) }

  /// The place in the parameter vector of element `index` of the shape's row-major order.
  func place(of index: Int) -> Int {
    guard layout != .plain else { return offset + index }
    let (inputs, outputs) = (shape[0], shape[1])
    return offset
      + layout.offset(input: index / outputs, output: index % outputs, inputs: inputs, outputs: outputs)
  }
}
