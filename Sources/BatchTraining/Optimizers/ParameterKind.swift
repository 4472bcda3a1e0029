/// What decides how an optimizer treats a parameter.
public enum ParameterKind: Sendable, Hashable, CaseIterable {
  /// A weight: two dimensions or more.
  case weight
  /// At most one dimension: a bias, or what scales and shifts a normalised signal.
  case vector
}

extension ParameterSlot {
  /// How optimizers treat the parameter.
  public var kind: ParameterKind { shape.count > 1 ? .weight : .vector }
}

/// The parameters that a part of an optimizer's rule is for.
public enum ParameterScope: String, Sendable, Hashable, CaseIterable, Codable {
  /// All of them.
  case all
  /// Those of two dimensions or more: no biases, and nothing that scales or shifts a normalised signal.
  case weights

  /// Whether parameters of a kind are among them.
  public func includes(_ kind: ParameterKind) -> Bool { self == .all || kind == .weight }

  /// `value` for the parameters that are included, 0 for others.
  func value(_ value: Double, for kind: ParameterKind) -> Double { includes(kind) ? value : 0 }
}

extension ParameterScope {
  /// What a description says about a weight decay; nothing without one.
  func description(ofDecay decay: Double) -> String {
    decay > 0 ? ", weight decay \(decay)" + (self == .weights ? " of weights only" : "") : ""
  }
}
