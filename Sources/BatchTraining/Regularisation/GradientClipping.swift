public import BatchFoundation

/// A bound on the gradient, applied to all of it before each update.
///
/// As text: `norm:1` or `value:0.5`.
public enum GradientClipping: TextCoded {
  /// A gradient g longer than the bound c is shortened to it: g ← g · min(1, c / (|g| + 10⁻⁶)), with the Euclidean norm
  /// of the whole gradient, as `torch.nn.utils.clip_grad_norm_` does it (Pascanu, Mikolov & Bengio 2013, algorithm 1).
  case norm(Double)
  /// Every element is kept within ± the bound, as `torch.nn.utils.clip_grad_value_` does it.
  case value(Double)

  /// The bound.
  public var bound: Double {
    switch self {
    case .norm(let bound), .value(let bound): bound
    }
  }

  public init(_ text: String) throws(RegularisationError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let bound = SettingNumber.read(parts[1]) else {
      throw RegularisationError("unknown clipping '\(text)': write norm:BOUND or value:BOUND, as in norm:1")
    }
    switch parts[0] {
    case "norm": self = .norm(bound)
    case "value": self = .value(bound)
    default: throw RegularisationError("unknown clipping '\(text)': there are norm and value, as in norm:1")
    }
    try requireValid()
  }

  public var description: String {
    switch self {
    case .norm(let bound): "norm:\(SettingNumber.plain(bound))"
    case .value(let bound): "value:\(SettingNumber.plain(bound))"
    }
  }

  /// Checks the bound.
  ///
  /// - Throws: ``RegularisationError`` for one that is not a positive number.
  public func requireValid() throws(RegularisationError) {
    guard bound > 0, bound.isFinite else {
      throw RegularisationError("the bound of a clipping must be a positive number, not \(SettingNumber.plain(bound))")
    }
  }
}
