import BatchAlgebra

/// Where the parameters of a model lie in its parameter vector, before there is memory for it.
struct ParameterLayout {
  /// The shapes of one example: before the first layer, and after each.
  let shapes: [[Int]]
  /// Where each parameter lies.
  let slots: [ParameterSlot]
  /// What the layers asked for, a description a slot.
  let descriptions: [ParameterDescription]
  /// The index in `slots` of each layer's first parameter, and the number of slots at the end.
  let slotStarts: [Int]
  /// The length of the parameter vector.
  let count: Int

  /// More elements than a process can address; with fewer, no product of a few small numbers and a size overflows.
  private static var unaddressableCount: Int { 1 << 47 }

  /// Lays the parameters out one after another, each on a cache line of its own.
  ///
  /// - Throws: ``ModelError`` when a layer cannot take its input, or for sizes that no memory holds.
  init<S: Scalar>(
    _ model: Sequential, of scalar: S.Type, _ context: ComputeContext
  ) throws(ModelError) {
    guard !model.layers.isEmpty else { throw .invalidLayer("a network needs at least one layer") }
    try Self.requireAddressable(model.inputShape)
    var shapes = [model.inputShape]
    var slots: [ParameterSlot] = []
    var descriptions: [ParameterDescription] = []
    var slotStarts = [0]
    var count = 0
    for (index, layer) in model.layers.enumerated() {
      let inputShape = shapes[index]
      let outputShape = try layer.outputShape(for: inputShape)
      try Self.requireAddressable(outputShape)
      shapes.append(outputShape)
      for parameter in layer.parameters(for: inputShape) {
        try Self.requireAddressable(parameter.shape)
        let slot = Self.slot(for: parameter, ofLayer: index, at: count, of: scalar, context)
        slots.append(slot)
        descriptions.append(parameter)
        count += (slot.storedCount + 15) / 16 * 16
        try Self.requireAddressable([count])
      }
      slotStarts.append(slots.count)
    }
    self.shapes = shapes
    self.slots = slots
    self.descriptions = descriptions
    self.slotStarts = slotStarts
    self.count = count
  }

  private static func requireAddressable(_ shape: [Int]) throws(ModelError) {
    var count = 1
    for extent in shape {
      guard extent >= 0 else { throw .invalidLayer("a shape cannot be \(shape): \(extent) is below 0") }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product < unaddressableCount else { throw .allocation(AllocationError(byteCount: Int.max)) }
      count = product
    }
  }

  private static func slot<S: Scalar>(
    for parameter: ParameterDescription, ofLayer layer: Int, at offset: Int, of scalar: S.Type,
    _ context: ComputeContext
  ) -> ParameterSlot {
    var slot = ParameterSlot(
      name: "layers.\(layer).\(parameter.name)", shape: parameter.shape, offset: offset,
      storedCount: parameter.count, layout: .plain)
    switch parameter.role {
    case .denseWeight:
      let (inputs, outputs) = (parameter.shape[0], parameter.shape[1])
      slot.layout = .best(
        inputs: inputs, outputs: outputs, of: scalar, engine: context.engine, set: context.instructionSet)
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
