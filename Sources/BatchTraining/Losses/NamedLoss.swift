/// A loss in a plan or a file, where it stands by its name.
///
/// The package's own losses are read back as themselves. Another one is read back as its name alone: it compares, and
/// whoever trains with it gives the loss itself.
@propertyWrapper
public struct NamedLoss: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The loss.
  public var wrappedValue: any Loss

  /// The package's own losses.
  public static var known: [any Loss] { [SoftmaxCrossEntropy(), BinaryCrossEntropy(), MeanSquaredError()] }

  /// A loss by its name.
  public init(wrappedValue: any Loss) { self.wrappedValue = wrappedValue }

  /// The loss of the package with the name; nil where there is none.
  public init?(name: String) {
    guard let loss = Self.known.first(where: { $0.name == name }) else { return nil }
    wrappedValue = loss
  }

  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    self = Self(name: name) ?? Self(wrappedValue: ForeignLoss(name: name))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.name)
  }

  public static func == (a: NamedLoss, b: NamedLoss) -> Bool { a.wrappedValue.name == b.wrappedValue.name }

  public func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue.name) }

  public var description: String { wrappedValue.name }
}

/// What a file tells of a loss that is not the package's.
private struct ForeignLoss: Loss {
  let name: String
  var readsClasses: Bool { false }

  func evaluate<S>(_ pass: LossPass<S>) -> LossSums {
    fatalError("of the loss '\(name)' only the name was read from a file; train with the loss itself")
  }
}
