/// A layer that couples the examples of a batch: what it does to one depends on the others beside it.
///
/// Batch normalisation is the usual one. A batch that goes through such a layer in micro-batches does not give the
/// update of one large batch.
public struct CoupledLayer: Sendable, Hashable, CustomStringConvertible {
  /// The layer's name in the network: `layers.3`.
  public let name: String
  /// What the layer is.
  public let layer: String

  public var description: String {
    "\(name) (\(layer)) couples the examples of a batch: in micro-batches it sees fewer of them, "
      + "and the update is not that of one large batch"
  }
}

extension ModelGraph {
  /// The layers that couple the examples of a batch.
  public var coupledLayers: [CoupledLayer] {
    nodes.filter(\.plan.couplesExamples).map { CoupledLayer(name: $0.name, layer: $0.description) }
  }
}
