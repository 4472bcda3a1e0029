/// Where in a training run a pass of a layer stands: what a layer's random numbers depend on.
///
/// They are computed from it and not drawn one after another, so that nothing needs to be kept to resume a run, and an
/// example gets the same ones however its batch is cut.
public struct PassPlace: Sendable, Hashable {
  /// The seed of the run.
  public var seed: UInt64
  /// The layer's number in the network.
  public var layer: Int
  /// The number of updates before this one.
  public var update: Int
  /// The place in the update's batch of the pass's first example.
  public var firstExample: Int

  /// A place with all of its parts.
  public init(seed: UInt64, layer: Int, update: Int, firstExample: Int = 0) {
    self.seed = seed
    self.layer = layer
    self.update = update
    self.firstExample = firstExample
  }
}
