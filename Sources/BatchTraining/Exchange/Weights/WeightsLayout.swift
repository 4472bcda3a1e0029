import BatchAlgebra

/// How the parameters of a network are named in a file, and which way round its weights lie.
public enum WeightsLayout: String, Sendable, Hashable, CaseIterable {
  /// This package's own: `layers.3.weight` [in, out], `layers.3.bias` [out], layers counted from 0.
  case plain
  /// That of `torch.nn.Sequential`: `6.weight` [out, in], `6.bias` [out].
  ///
  /// The number is that of the module in the equivalent chain, in which an activation is a module of its own: `dense
  /// 512 relu; dense 10` is `Sequential(Linear(784, 512), ReLU(), Linear(512, 10))` with the parameters `0.weight`,
  /// `0.bias`, `2.weight` and `2.bias`. Examples go in as flat vectors. A network with residual parts is no chain: its
  /// parameters are named as in the plain layout, and lie as PyTorch has them.
  case pyTorch = "pytorch"
}

/// A parameter or a running buffer as it stands in a file.
struct StoredParameter<S: Scalar> {
  /// The tensor's name.
  let name: String
  /// The tensor's shape.
  let shape: [Int]
  /// Where the network keeps it.
  let slot: Slot
  /// Whether a matrix lies in the file as [out, in].
  let isTransposed: Bool

  enum Slot {
    case parameter(ParameterSlot)
    case buffer(BufferSlot)

    var shape: [Int] {
      switch self {
      case .parameter(let slot): slot.shape
      case .buffer(let slot): [slot.count]
      }
    }
  }

  init(_ slot: Slot, name: String, isTransposed: Bool = false) {
    self.name = name
    self.slot = slot
    self.isTransposed = isTransposed
    shape = isTransposed ? slot.shape.reversed() : slot.shape
  }

  /// The elements, as the file holds them.
  func values(in network: Network<S>) -> [S] {
    switch slot {
    case .parameter(let slot): exchanged(network.values(of: slot), rows: slot.shape.first ?? 1)
    case .buffer(let slot): network.values(of: slot)
    }
  }

  /// Sets the elements from those that the file holds.
  func setValues(_ values: [S], in network: Network<S>) {
    switch slot {
    case .parameter(let slot): network.setValues(of: slot, exchanged(values, rows: slot.shape.last ?? 1))
    case .buffer(let slot): network.setValues(of: slot, values)
    }
  }

  /// The transpose of a matrix of so many rows where it lies the other way round in the file.
  private func exchanged(_ values: [S], rows: Int) -> [S] {
    guard isTransposed, rows > 0 else { return values }
    let columns = values.count / rows
    return (0..<columns).flatMap { column in (0..<rows).lazy.map { values[$0 * columns + column] } }
  }
}

extension Network {
  /// The parameters and running buffers as they stand in a file of the layout.
  ///
  /// - Throws: ``WeightsError/unsupportedLayer(name:layer:)``.
  func stored(as layout: WeightsLayout) throws(WeightsError) -> [StoredParameter<S>] {
    switch layout {
    case .plain:
      slots.map { StoredParameter(.parameter($0), name: $0.name) }
        + bufferSlots.map { StoredParameter(.buffer($0), name: $0.name) }
    case .pyTorch: try pyTorchParameters()
    }
  }

  private func pyTorchParameters() throws(WeightsError) -> [StoredParameter<S>] {
    var result: [StoredParameter<S>] = []
    var number = 0
    for (index, modules) in try pyTorchModules().enumerated() {
      let slots = Array(slots(ofNode: index))
      let buffers = Array(bufferSlots(ofNode: index))
      for module in modules {
        let prefix = graph.isChain ? "\(number)" : graph.nodes[index].name
        for parameter in module.parameters {
          result.append(
            StoredParameter(
              .parameter(slots[parameter.index]), name: "\(prefix).\(parameter.name)",
              isTransposed: parameter.isTransposed))
        }
        for buffer in module.buffers {
          result.append(StoredParameter(.buffer(buffers[buffer.index]), name: "\(prefix).\(buffer.name)"))
        }
        number += 1
      }
    }
    return result
  }

  /// The modules that PyTorch has for each node.
  func pyTorchModules() throws(WeightsError) -> [[PyTorchModule]] {
    var result: [[PyTorchModule]] = []
    for node in graph.nodes {
      guard let layer = node.layer else {
        result.append([])
        continue
      }
      guard let layer = layer as? any PyTorchExportable else {
        throw .unsupportedLayer(name: node.name, layer: layer.description)
      }
      result.append(layer.pyTorchModules(for: graph.values[node.inputs[0]].dimensions))
    }
    return result
  }
}

/// What a file of weights says of itself in its header.
enum WeightsMetadata {
  /// The version of the format that is written and read.
  static let version = "1"

  static let versionKey = "batchwise.format_version"
  static let layoutKey = "batchwise.layout"
  /// The layers in words, and the shape of an example.
  static let modelKey = "batchwise.model"
  static let inputShapeKey = "batchwise.input_shape"
  /// The expression that makes the network in Python.
  static let pyTorchKey = "batchwise.pytorch"
}
