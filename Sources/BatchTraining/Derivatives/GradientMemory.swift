import BatchAlgebra

/// The gradients of a graph's values, or their tangents: each in memory of its own, summed over the nodes that read the
/// value.
struct GradientMemory<S: Scalar> {
  private let graph: ModelGraph
  /// One a value; that of the input is never written: nobody needs it.
  private let buffers: [AlignedBuffer<S>]
  /// For each node memory for its part of a gradient that others have given a part of; nil where it stores at once.
  private let parts: [AlignedBuffer<S>?]

  init(_ graph: ModelGraph, capacity: Int) throws(AllocationError) {
    self.graph = graph
    func buffer(_ value: Int) throws(AllocationError) -> AlignedBuffer<S> {
      try AlignedBuffer(count: value == 0 ? 0 : capacity * paddedRowStride(graph.values[value].storedCount))
    }
    var buffers: [AlignedBuffer<S>] = []
    for value in graph.values.indices { buffers.append(try buffer(value)) }
    self.buffers = buffers
    var parts: [AlignedBuffer<S>?] = []
    for node in graph.nodes.indices {
      guard BufferPlan.addsInputGradient(node, of: graph) else {
        parts.append(nil)
        continue
      }
      parts.append(try buffer(graph.nodes[node].inputs[0]))
    }
    self.parts = parts
  }

  /// The gradient of a value, [batch, features].
  func stored(_ value: Int, _ batch: Int) -> MutableMatrixView<S> { graph.view(buffers[value], of: value, batch) }

  /// Where a layer writes the gradient of its input; nil for the network's input.
  func place(of node: ModelGraph.Node, _ index: Int, _ batch: Int) -> MutableMatrixView<S>? {
    let value = node.inputs[0]
    guard value != 0 else { return nil }
    return graph.view(parts[index] ?? buffers[value], of: value, batch)
  }

  /// Adds what a layer has written, if it did so beside the gradient itself.
  func finish(_ node: ModelGraph.Node, _ index: Int, _ batch: Int, _ context: ComputeContext) {
    guard let part = parts[index] else { return }
    let value = node.inputs[0]
    addRows(graph.view(part, of: value, batch).readOnly, to: stored(value, batch), context)
  }

  /// Hands the gradient of a sum on to both of its summands.
  func distribute(_ node: ModelGraph.Node, _ index: Int, _ batch: Int, _ context: ComputeContext) {
    let source = stored(node.output, batch).readOnly
    for (place, value) in node.inputs.enumerated() where value != 0 {
      let isFirst = graph.readers(of: value).last == index && !node.inputs[..<place].contains(value)
      if isFirst {
        copyRows(of: source, to: stored(value, batch))
      } else {
        addRows(source, to: stored(value, batch), context)
      }
    }
  }
}

extension ModelGraph {
  /// Memory of a value as a matrix [batch, stored features].
  func view<S: Scalar>(_ buffer: AlignedBuffer<S>, of value: ValueIndex, _ batch: Int) -> MutableMatrixView<S> {
    let columns = values[value].storedCount
    return MutableMatrixView(
      buffer.baseAddress, rows: batch, columns: columns, rowStride: paddedRowStride(columns))
  }
}
