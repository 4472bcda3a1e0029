public import BatchAlgebra
import BatchFoundation

/// A model with parameters: all of them in one 64-byte-aligned vector, drawn from a seed.
///
/// A norm, a distance or an update of the whole network is one pass over ``parameters``. Weights lie there as the
/// kernels read them; `values(of:)` and `setValues(of:_:)` convert to and from plain matrices. What pads and aligns
/// parameters is zero and stays zero.
///
/// A network is one task's: training changes it in place. What other tasks are to have of it is a ``snapshot()``.
public final class Network<S: Scalar> {
  /// The nodes and values that the model is.
  public let graph: ModelGraph
  /// Where each parameter lies.
  public let slots: [ParameterSlot]
  /// Where each running buffer lies.
  public let bufferSlots: [BufferSlot]
  /// The parameter vector.
  public let parameters: AlignedBuffer<S>
  /// The vector of the layers' running buffers, which nobody trains; nil where no layer keeps any.
  public let buffers: AlignedBuffer<S>?
  /// The index in `slots` of each node's first parameter, and the number of slots at the end.
  let slotStarts: [Int]
  /// The index in `bufferSlots` of each node's first buffer, and their number at the end.
  let bufferStarts: [Int]

  /// Builds the network and draws its parameters from the stream "initialisation" of the seed.
  ///
  /// The same seed draws the same parameters for every engine and instruction set. Without a context it is the usual
  /// one for as many threads as there are processors.
  ///
  /// - Throws: ``ModelError`` when a layer cannot take its input or memory is short.
  public convenience init(_ model: Sequential, seed: UInt64, context: ComputeContext? = nil) throws(ModelError) {
    let context = context ?? ComputeContext(for: S.self, threads: ThreadTeam.availableProcessors)
    guard context.precision == S.precision else {
      throw .mismatch("a network of \(S.precision.rawValue) cannot compute in \(context.precision.rawValue)")
    }
    guard InstructionSet.supported.contains(context.instructionSet) else {
      throw .mismatch("this processor does not run \(context.instructionSet.rawValue)")
    }
    let graph = try ModelGraph(model, context: context)
    let layout = try ParameterLayout(graph, of: S.self)
    try self.init(graph: graph, layout)
    for (index, (slot, parameter)) in zip(slots, layout.parameters).enumerated() {
      setValues(
        of: slot,
        parameter.initialisation.draw(
          slot.count, fanIn: parameter.fanIn, fanOut: parameter.fanOut,
          from: RandomStream(seed: seed, name: "initialisation", index: UInt64(index))))
    }
    for (slot, buffer) in zip(bufferSlots, layout.buffers) {
      setValues(of: slot, [S](repeating: S(buffer.initialValue), count: slot.count))
    }
  }

  private init(graph: ModelGraph, _ layout: ParameterLayout) throws(ModelError) {
    do {
      parameters = try AlignedBuffer(count: layout.count)
      buffers = layout.bufferCount > 0 ? try AlignedBuffer(count: layout.bufferCount) : nil
    } catch {
      throw .allocation(error)
    }
    self.graph = graph
    slots = layout.slots
    slotStarts = layout.slotStarts
    bufferSlots = layout.bufferSlots
    bufferStarts = layout.bufferStarts
  }

  /// A network of the same layout with parameters of its own, at first the same.
  ///
  /// - Throws: ``ModelError/allocation(_:)`` when memory is short.
  public convenience init(copying other: Network) throws(ModelError) {
    try self.init(graph: other.graph, ParameterLayout(other.graph, of: S.self))
    copyParameters(from: other)
  }

  /// A network with the parameters of a snapshot.
  ///
  /// - Throws: ``ModelError/allocation(_:)`` when memory is short.
  public convenience init(_ snapshot: NetworkSnapshot<S>) throws(ModelError) {
    try self.init(graph: snapshot.graph, ParameterLayout(snapshot.graph, of: S.self))
    _ = parameters.elements.update(fromContentsOf: snapshot.parameters)
    _ = buffers?.elements.update(fromContentsOf: snapshot.buffers)
  }

  /// The network as it is now, as a value that may go to other tasks.
  public func snapshot() -> NetworkSnapshot<S> {
    NetworkSnapshot(
      graph: graph, parameters: Array(parameters.elements), buffers: buffers.map { Array($0.elements) } ?? [])
  }

  /// Sets parameters and running buffers to those of a network of the same layout, such as a copy of this one.
  public func copyParameters(from other: Network) {
    precondition(slots == other.slots, "networks of different layouts have no parameters in common")
    parameters.baseAddress.update(from: other.parameters.baseAddress, count: parameters.count)
    copyBuffers(from: other)
  }

  /// Sets the running buffers to those of a network of the same layout.
  func copyBuffers(from other: Network) {
    guard let buffers, let others = other.buffers else { return }
    buffers.baseAddress.update(from: others.baseAddress, count: buffers.count)
  }

  /// What the bits of everything that the network computes depend on beside its parameters.
  public var context: ComputeContext { graph.context }

  /// The shape of one input example.
  public var inputShape: [Int] { graph.values[0].dimensions }

  /// The shape of one output.
  public var outputShape: [Int] { graph.values[graph.output].dimensions }

  /// The number of inputs of one example.
  public var inputCount: Int { graph.values[0].count }

  /// The number of outputs of one example.
  public var outputCount: Int { graph.values[graph.output].count }

  /// The number of trainable parameters, without the gaps between them.
  public var parameterCount: Int { slots.reduce(0) { $0 + $1.count } }

  /// The nodes that have parameters, by their places in the graph.
  public var trainedNodes: [Int] { graph.nodes.indices.filter { slotStarts[$0] < slotStarts[$0 + 1] } }

  /// The parameters of one node, in its layer's order.
  public func slots(ofNode index: Int) -> ArraySlice<ParameterSlot> { slots[slotStarts[index]..<slotStarts[index + 1]] }

  /// The running buffers of one node, in its layer's order.
  func bufferSlots(ofNode index: Int) -> ArraySlice<BufferSlot> {
    bufferSlots[bufferStarts[index]..<bufferStarts[index + 1]]
  }
}

/// A network's parameters at one moment: a value, for other tasks than the one that trains.
public struct NetworkSnapshot<S: Scalar>: Sendable {
  /// The nodes and values that the model is.
  public let graph: ModelGraph
  /// The parameter vector, as the kernels read it.
  let parameters: [S]
  /// The vector of running buffers.
  let buffers: [S]
}

extension Network {
  /// The elements of one parameter, in the shape's row-major order.
  public func values(of slot: ParameterSlot) -> [S] { values(of: slot, in: parameters) }

  /// The elements that belong to one parameter in a vector that is laid out like the parameters, such as a gradient.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func values(of slot: ParameterSlot, in vector: AlignedBuffer<S>) -> [S] {
    values(of: slot, in: vector.elements)
  }

  /// The same in a vector of that layout that lies elsewhere.
  public func values(of slot: ParameterSlot, in vector: UnsafeMutableBufferPointer<S>) -> [S] {
    requireLayout(of: vector)
    return (0..<slot.count).map { vector[slot.storedIndex(of: $0)] }
  }

  /// Sets the elements of one parameter, given in the shape's row-major order.
  public func setValues(of slot: ParameterSlot, _ values: [S]) { setValues(of: slot, values, in: parameters.elements) }

  /// Sets the elements that belong to one parameter in a vector that is laid out like the parameters.
  public func setValues(of slot: ParameterSlot, _ values: [S], in vector: UnsafeMutableBufferPointer<S>) {
    requireLayout(of: vector)
    precondition(values.count == slot.count, "\(slot.name) has \(slot.count) elements, not \(values.count)")
    for (index, value) in values.enumerated() { vector[slot.storedIndex(of: index)] = value }
  }

  /// The elements of a running buffer.
  public func values(of slot: BufferSlot) -> [S] {
    guard let buffers else { return [] }
    return Array(buffers.elements[slot.offset..<slot.offset + slot.count])
  }

  /// Sets the elements of a running buffer.
  public func setValues(of slot: BufferSlot, _ values: [S]) {
    precondition(values.count == slot.count, "\(slot.name) has \(slot.count) elements, not \(values.count)")
    guard let buffers else { return }
    for (index, value) in values.enumerated() { buffers.baseAddress[slot.offset + index] = value }
  }

  private func requireLayout(of vector: UnsafeMutableBufferPointer<S>) {
    precondition(
      vector.count == parameters.count, "a vector of \(vector.count) elements is not laid out like \(parameters.count)")
  }
}
