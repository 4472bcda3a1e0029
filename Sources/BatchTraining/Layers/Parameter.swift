public import BatchAlgebra

/// What a layer asks for: a trained parameter's name, shape and initial values.
public struct Parameter: Sendable, Hashable {
  /// What the kernels use a parameter for, which decides how it lies in memory.
  public enum Role: Sendable, Hashable {
    /// The weight [in, out] of a dense layer, in the layout that the engine computes fastest in.
    case denseWeight
    /// A vector that is added to rows of a dense layer's outputs, padded like these.
    case bias
    /// Anything else: row-major.
    case plain
  }

  /// The name within the layer: `weight`, `bias`.
  public var name: String
  /// The shape; [in, out] for a weight.
  public var shape: [Int]
  /// What the kernels use it for.
  public var role: Role
  /// How the elements are drawn before training.
  public var initialisation: Initialisation
  /// The number of inputs of one output, which the initialisation scales by.
  public var fanIn: Int
  /// The number of outputs of one input, which the initialisation scales by.
  public var fanOut: Int

  /// A parameter with all of its parts.
  public init(
    name: String, shape: [Int], role: Role = .plain, initialisation: Initialisation, fanIn: Int, fanOut: Int
  ) {
    precondition(role != .denseWeight || shape.count == 2, "a dense weight has the shape [in, out], not \(shape)")
    self.name = name
    self.shape = shape
    self.role = role
    self.initialisation = initialisation
    self.fanIn = fanIn
    self.fanOut = fanOut
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

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

  /// The index in the parameter vector of element `index` of the shape's row-major order.
  func storedIndex(of index: Int) -> Int {
    guard layout != .plain else { return offset + index }
    let (inputs, outputs) = (shape[0], shape[1])
    return offset
      + layout.offset(input: index / outputs, output: index % outputs, inputs: inputs, outputs: outputs)
  }
}

/// Where a layer's running buffer lies in the network's vector of them.
public struct BufferSlot: Sendable, Hashable {
  /// The name within the network: `layers.3.running_mean`.
  public var name: String
  /// The index of the first element; a multiple of 16.
  public var offset: Int
  /// The number of elements.
  public var count: Int
}

/// Where all parameters and running buffers of a graph lie, before there is memory for them.
struct ParameterLayout {
  /// Where each parameter lies.
  private(set) var slots: [ParameterSlot] = []
  /// What the layers asked for, one a slot.
  private(set) var parameters: [Parameter] = []
  /// The index in `slots` of each node's first parameter, and the number of slots at the end.
  private(set) var slotStarts = [0]
  /// Where each running buffer lies.
  private(set) var bufferSlots: [BufferSlot] = []
  /// What the layers asked for, one a buffer slot.
  private(set) var buffers: [RunningBuffer] = []
  /// The index in `bufferSlots` of each node's first buffer, and their number at the end.
  private(set) var bufferStarts = [0]
  /// The length of the parameter vector.
  private(set) var count = 0
  /// The length of the vector of running buffers.
  private(set) var bufferCount = 0

  /// Lays the parameters out one after another, each on a cache line of its own.
  ///
  /// - Throws: ``ModelError`` for sizes that no memory holds.
  init<S: Scalar>(_ graph: ModelGraph, of scalar: S.Type) throws(ModelError) {
    for node in graph.nodes {
      for parameter in node.plan.parameters {
        let slot = Self.slot(for: parameter, of: node.name, at: count, as: scalar, graph.context)
        slots.append(slot)
        parameters.append(parameter)
        count += (slot.storedCount + 15) / 16 * 16
        try requireAddressable([count])
      }
      slotStarts.append(slots.count)
      for buffer in node.plan.buffers {
        bufferSlots.append(BufferSlot(name: "\(node.name).\(buffer.name)", offset: bufferCount, count: buffer.count))
        buffers.append(buffer)
        bufferCount += (buffer.count + 15) / 16 * 16
        try requireAddressable([bufferCount])
      }
      bufferStarts.append(bufferSlots.count)
    }
  }

  private static func slot<S: Scalar>(
    for parameter: Parameter, of node: String, at offset: Int, as scalar: S.Type, _ context: ComputeContext
  ) -> ParameterSlot {
    var slot = ParameterSlot(
      name: "\(node).\(parameter.name)", shape: parameter.shape, offset: offset, storedCount: parameter.count,
      layout: .plain)
    switch parameter.role {
    case .denseWeight:
      let (inputs, outputs) = (parameter.shape[0], parameter.shape[1])
      slot.layout = .best(
        inputs: inputs, outputs: outputs, of: scalar, in: context)
      slot.storedCount = slot.layout.storedCount(inputs: inputs, outputs: outputs)
    case .bias:
      // The kernels read whole panels of it.
      let width = S.panelWidth(context.instructionSet)
      slot.storedCount = (parameter.count + width - 1) / width * width
    case .plain: break
    }
    return slot
  }
}
