/// How the parameters of a network are named in a file, and which way round its weights lie.
public enum WeightsLayout: String, Sendable, Hashable, CaseIterable {
  /// This package's own: `layers.3.weight` [in, out], `layers.3.bias` [out], layers counted from 0.
  case plain
  /// That of `torch.nn.Sequential`: `6.weight` [out, in], `6.bias` [out].
  ///
  /// The number is that of the module in the equivalent chain, in which an activation is a module of its own: `dense
  /// 512 relu; dense 10` is `Sequential(Linear(784, 512), ReLU(), Linear(512, 10))` with the parameters `0.weight`,
  /// `0.bias`, `2.weight` and `2.bias`. Examples go in as flat vectors.
  case pyTorch = "pytorch"
}

/// A parameter as it stands in a file.
struct StoredParameter {
  /// The tensor's name.
  let name: String
  /// The tensor's shape.
  let shape: [Int]
  /// Where the network keeps it.
  let slot: ParameterSlot
  /// Whether a matrix lies in the file as [out, in].
  let isTransposed: Bool

  /// The elements as the file holds them, from those of the parameter's plain shape, or the other way round.
  func exchanged<T>(_ values: [T], toFile: Bool) -> [T] {
    guard isTransposed else { return values }
    let (rows, columns) = toFile ? (slot.shape[0], slot.shape[1]) : (slot.shape[1], slot.shape[0])
    return (0..<columns).flatMap { column in (0..<rows).lazy.map { values[$0 * columns + column] } }
  }
}

extension Network {
  /// The parameters as they stand in a file of the layout.
  ///
  /// - Throws: ``WeightsError/unsupportedLayer(index:layer:)``.
  func stored(as layout: WeightsLayout) throws(WeightsError) -> [StoredParameter] {
    switch layout {
    case .plain:
      slots.map { StoredParameter(name: $0.name, shape: $0.shape, slot: $0, isTransposed: false) }
    case .pyTorch: try pyTorchParameters()
    }
  }

  private func pyTorchParameters() throws(WeightsError) -> [StoredParameter] {
    var result: [StoredParameter] = []
    var number = 0
    for (index, modules) in try pyTorchModules().enumerated() {
      let slots = Array(slots(ofLayer: index))
      for module in modules {
        for parameter in module.parameters {
          let slot = slots[parameter.index]
          result.append(
            StoredParameter(
              name: "\(number).\(parameter.name)",
              shape: parameter.isTransposed ? slot.shape.reversed() : slot.shape, slot: slot,
              isTransposed: parameter.isTransposed))
        }
        number += 1
      }
    }
    return result
  }

  /// The modules that PyTorch has for each layer.
  func pyTorchModules() throws(WeightsError) -> [[PyTorchModule]] {
    var result: [[PyTorchModule]] = []
    for (index, layer) in layers.enumerated() {
      guard let layer = layer as? any PyTorchExportable else {
        throw .unsupportedLayer(index: index, layer: layer.description)
      }
      result.append(layer.pyTorchModules(for: shapes[index]))
    }
    return result
  }
}
