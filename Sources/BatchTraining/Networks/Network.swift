public import BatchAlgebra
import BatchData

/// A model with parameters: all of them in one 64-byte-aligned vector, drawn from a seed.
///
/// A norm, a distance, a checkpoint or an update of the whole network is one pass over ``parameters``. Gaps between
/// parameters, which align each to a cache line, are zero and stay zero.
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

  /// Builds the network and draws its parameters from the stream "initialisation" of the seed.
  ///
  /// - Throws: ``ModelError`` when a layer cannot take its input or memory is short.
  public init(_ model: Sequential, seed: UInt64) throws(ModelError) {
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
        slots.append(ParameterSlot(name: "layers.\(index).\(parameter.name)", shape: parameter.shape, offset: count))
        descriptions.append(parameter)
        count += (parameter.count + 15) / 16 * 16
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
    for (index, (slot, description)) in zip(slots, descriptions).enumerated() {
      description.initialisation.fill(
        elements(of: slot), fanIn: description.fanIn, fanOut: description.fanOut,
        from: RandomStream(seed: seed, name: "initialisation", index: UInt64(index)))
    }
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

  /// The elements of one parameter, in the shape's row-major order; valid as long as the network lives.
  public func elements(of slot: ParameterSlot) -> UnsafeMutableBufferPointer<S> {
    UnsafeMutableBufferPointer(start: parameters.baseAddress + slot.offset, count: slot.count)
  }
}
