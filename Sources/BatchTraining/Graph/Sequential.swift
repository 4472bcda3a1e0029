/// A model as a chain of layers and parts of several, each fed by the one before.
///
/// A description without parameters: ``Network`` makes one that can be trained.
public struct Sequential: Sendable {
  /// The shape of one input example.
  public let inputShape: [Int]
  /// The layers and parts, from input to output.
  public let layers: [any ModelComponent]

  /// A chain of the given layers.
  public init(inputShape: [Int], layers: [any ModelComponent]) {
    self.inputShape = inputShape
    self.layers = layers
  }

  /// A chain written as a block: `Sequential(inputShape: [2]) { Dense(16, .relu); Dense(2) }`, a layer a line.
  public init(inputShape: [Int], @LayerBuilder layers: () -> [any ModelComponent]) {
    self.init(inputShape: inputShape, layers: layers())
  }
}

/// Collects the layers of a block.
@resultBuilder
public enum LayerBuilder {
  /// One layer or part.
  public static func buildExpression(_ component: any ModelComponent) -> [any ModelComponent] { [component] }
  /// Layers one after another.
  public static func buildBlock(_ parts: [any ModelComponent]...) -> [any ModelComponent] { parts.flatMap { $0 } }
  /// Layers made in a loop.
  public static func buildArray(_ parts: [[any ModelComponent]]) -> [any ModelComponent] { parts.flatMap { $0 } }
  /// Layers that may be left out.
  public static func buildOptional(_ part: [any ModelComponent]?) -> [any ModelComponent] { part ?? [] }
  /// The first of two alternatives.
  public static func buildEither(first: [any ModelComponent]) -> [any ModelComponent] { first }
  /// The second of two alternatives.
  public static func buildEither(second: [any ModelComponent]) -> [any ModelComponent] { second }
}
