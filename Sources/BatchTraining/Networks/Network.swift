public import BatchAlgebra
import BatchData

/// A model with parameters: all of them in one 64-byte-aligned vector, drawn from a seed.
///
/// A norm, a distance or an update of the whole network is one pass over ``parameters``. Weights lie there as the
/// kernels read them; ``values(of:)`` and ``setValues(of:_:)`` convert to and from plain matrices. What pads and aligns
/// parameters is zero and stays zero.
public final class Network<S: Scalar>: Sendable {
  /// The layers, from input to output.
  public let layers: [any Layer]
  /// The shapes of one example: before the first layer, and after each.
  public let shapes: [[Int]]
  /// Where each parameter lies.
  public let slots: [ParameterSlot]
  /// The index in `slots` of each layer's first parameter, and the number of slots at the end.
  let slotStarts: [Int]
  /// The parameter vector.
  public let parameters: AlignedBuffer<S>
  /// What computes the products.
  public let engine: GEMMEngine
  /// The kernels that the parameters are laid out for.
  public let instructionSet: InstructionSet

  /// Builds the network and draws its parameters from the stream "initialisation" of the seed.
  ///
  /// The same seed draws the same parameters for every engine and instruction set.
  ///
  /// - Throws: ``ModelError`` when a layer cannot take its input or memory is short.
  public init(
    _ model: Sequential, seed: UInt64, engine: GEMMEngine = .active, instructionSet: InstructionSet = .active
  ) throws(ModelError) {
    precondition(InstructionSet.supported.contains(instructionSet), "this processor does not run \(instructionSet)")
    guard !model.layers.isEmpty else { throw .invalidLayer("a network needs at least one layer") }
    var shapes = [model.inputShape]
    var slots: [ParameterSlot] = []
    var descriptions: [ParameterDescription] = []
    var slotStarts = [0]
    var count = 0
    for (index, layer) in model.layers.enumerated() {
      let inputShape = shapes[index]
      shapes.append(try layer.outputShape(for: inputShape))
      for parameter in layer.parameters(for: inputShape) {
        let slot = Self.slot(for: parameter, ofLayer: index, at: count, engine, instructionSet)
        slots.append(slot)
        descriptions.append(parameter)
        count += (slot.storedCount + 15) / 16 * 16
      }
      slotStarts.append(slots.count)
    }
    do {
      parameters = try AlignedBuffer(count: count)
    } catch {
      throw .allocation(error)
    }
    layers = model.layers
    self.shapes = shapes
    self.slots = slots
    self.slotStarts = slotStarts
    self.engine = engine
    self.instructionSet = instructionSet
    for (index, (slot, description)) in zip(slots, descriptions).enumerated() {
      setValues(
        of: slot,
        description.initialisation.draw(
          slot.count, fanIn: description.fanIn, fanOut: description.fanOut,
          from: RandomStream(seed: seed, name: "initialisation", index: UInt64(index))))
    }
  }

  private static func slot(
    for parameter: ParameterDescription, ofLayer layer: Int, at offset: Int, _ engine: GEMMEngine,
    _ instructionSet: InstructionSet
  ) -> ParameterSlot {
    var slot = ParameterSlot(
      name: "layers.\(layer).\(parameter.name)", shape: parameter.shape, offset: offset,
      storedCount: parameter.count, layout: .plain)
    switch parameter.role {
    case .denseWeight:
      let (inputs, outputs) = (parameter.shape[0], parameter.shape[1])
      slot.layout = .best(inputs: inputs, outputs: outputs, of: S.self, engine: engine, set: instructionSet)
      slot.storedCount = slot.layout.storedCount(inputs: inputs, outputs: outputs)
    case .bias:
      // The kernels read whole panels of it.
      let width = S.panelWidth(instructionSet)
      slot.storedCount = (parameter.count + width - 1) / width * width
    case .plain: break
    }
    return slot
  }

  /// The number of inputs of one example.
  public var inputCount: Int { shapes[0].reduce(1, *) }

  /// The number of outputs of one example.
  public var outputCount: Int { shapes[layers.count].reduce(1, *) }

  /// The number of trainable parameters, without the gaps between them.
  public var parameterCount: Int { slots.reduce(0) { $0 + $1.count } }

  /// The floating-point operations of one training example: 2·in·out for each of the three products of each weight,
  /// less the first layer's gradient of its input, which nobody needs.
  public var trainingOperationsPerExample: Int {
    var total = 0
    for (index, _) in layers.enumerated() {
      for slot in slots[slotStarts[index]..<slotStarts[index + 1]] where slot.shape.count > 1 {
        total += 2 * slot.count * (index == 0 ? 2 : 3)
      }
    }
    return total
  }

  /// The elements of one parameter, in the shape's row-major order.
  public func values(of slot: ParameterSlot) -> [S] { values(of: slot, in: parameters) }

  /// The elements that belong to one parameter in a vector that is laid out like the parameters, such as a gradient.
  public func values(of slot: ParameterSlot, in vector: AlignedBuffer<S>) -> [S] {
    (0..<slot.count).map { vector.baseAddress[slot.place(of: $0)] }
  }

  /// Sets the elements of one parameter, given in the shape's row-major order.
  public func setValues(of slot: ParameterSlot, _ values: [S]) {
    precondition(values.count == slot.count, "\(slot.name) has \(slot.count) elements, not \(values.count)")
    for (index, value) in values.enumerated() { parameters.baseAddress[slot.place(of: index)] = value }
  }
}
