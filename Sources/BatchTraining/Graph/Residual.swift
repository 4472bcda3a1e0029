/// A part of a model whose output is the sum of two ways through it.
///
/// Source: He et al. 2016, *Deep Residual Learning*, §3.2. y = body(x) + shortcut(x); without a shortcut, y = body(x) + x. Both ways end in one shape.
public struct Residual: ModelComponent {
  /// The way through layers.
  public let body: [any ModelComponent]
  /// The other way; nothing for the identity.
  public let shortcut: [any ModelComponent]

  /// A residual part; the shortcut is the identity unless given.
  public init(body: [any ModelComponent], shortcut: [any ModelComponent] = []) {
    self.body = body
    self.shortcut = shortcut
  }

  /// The same written as a block: `Residual { Dense(64, .relu); Dense(64) }`.
  public init(
    @LayerBuilder body: () -> [any ModelComponent], @LayerBuilder shortcut: () -> [any ModelComponent] = { [] }
  ) {
    self.init(body: body(), shortcut: shortcut())
  }

  public var description: String {
    func text(_ components: [any ModelComponent]) -> String { components.map(\.description).joined(separator: "; ") }
    return "residual (\(text(body)))" + (shortcut.isEmpty ? "" : " beside (\(text(shortcut)))")
  }

  public func add(
    to graph: inout ModelGraph, input: ModelGraph.ValueIndex, name: String
  ) throws(ModelError) -> ModelGraph.ValueIndex {
    guard !body.isEmpty else { throw .invalidLayer("\(name): a residual part needs at least one layer in its body") }
    let long = try graph.add(body, input: input, name: "\(name).body")
    let short = try graph.add(shortcut, input: input, name: "\(name).shortcut")
    return try graph.addSum(long, short, name: "\(name).sum")
  }
}
