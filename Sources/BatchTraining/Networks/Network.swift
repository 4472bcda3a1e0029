public import BatchAlgebra
import BatchFoundation

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
  /// What the parameters are laid out for, and how its products are computed.
  public let context: ComputeContext

  /// Builds the network and draws its parameters from the stream "initialisation" of the seed.
  ///
  /// The same seed draws the same parameters in every context of a precision. Without a context the usual one for all
  /// processors is taken; its precision must be that of `S`, and this processor must run its instruction set.
  ///
  /// - Throws: ``ModelError`` when a layer cannot take its input or memory is short.
  public init(
    _ model: Sequential, seed: UInt64, context: ComputeContext? = nil
  ) throws(ModelError) {
    let context = context ?? ComputeContext(for: S.self, threads: ThreadTeam.availableProcessors)
    precondition(
      context.instructionSet.isSupported, "this processor does not run \(context.instructionSet.rawValue)")
    precondition(context.precision == S.precision, "a network of \(S.self) in a context of \(context.precision)")
    let layout = try ParameterLayout(model, of: S.self, context)
    do {
      parameters = try AlignedBuffer(count: layout.count)
    } catch {
      throw .allocation(error)
    }
    layers = model.layers
    shapes = layout.shapes
    slots = layout.slots
    slotStarts = layout.slotStarts
    self.context = context
    for (index, (slot, description)) in zip(slots, layout.descriptions).enumerated() {
      setValues(
        of: slot,
        description.initialisation.draw(
          slot.count, fanIn: description.fanIn, fanOut: description.fanOut,
          from: RandomStream(seed: seed, name: "initialisation", index: UInt64(index))))
    }
  }

  /// A network of the layout of another, with the given memory for its parameters.
  init(_ other: Network, parameters: AlignedBuffer<S>) {
    layers = other.layers
    shapes = other.shapes
    slots = other.slots
    slotStarts = other.slotStarts
    context = other.context
    self.parameters = parameters
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
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func values(of slot: ParameterSlot, in vector: AlignedBuffer<S>) -> [S] {
    values(of: slot, in: vector.elements)
  }

  /// The same in a vector of that layout that lies elsewhere.
  public func values(of slot: ParameterSlot, in vector: UnsafeMutableBufferPointer<S>) -> [S] {
    requireLayout(of: vector)
    return (0..<slot.count).map { vector[slot.place(of: $0)] }
  }

  /// Sets the elements of one parameter, given in the shape's row-major order.
  public func setValues(of slot: ParameterSlot, _ values: [S]) { setValues(of: slot, values, in: parameters.elements) }

  /// Sets the elements that belong to one parameter in a vector that is laid out like the parameters.
  public func setValues(of slot: ParameterSlot, _ values: [S], in vector: UnsafeMutableBufferPointer<S>) {
    requireLayout(of: vector)
    precondition(values.count == slot.count, "\(slot.name) has \(slot.count) elements, not \(values.count)")
    for (index, value) in values.enumerated() { vector[slot.place(of: index)] = value }
  }

  private func requireLayout(of vector: UnsafeMutableBufferPointer<S>) {
    precondition(
      vector.count == parameters.count, "a vector of \(vector.count) elements is not laid out like \(parameters.count)")
  }
}
