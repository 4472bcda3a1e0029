import Glibc

/// An activation function and its derivative in Double, from their closed forms.
public enum NaiveActivation: Sendable, CaseIterable {
  /// x.
  case identity
  /// max(x, 0).
  case relu
  /// (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ).
  case tanh
  /// 1/(1 + e⁻ˣ).
  case sigmoid
  /// x·Φ(x), Φ the normal distribution function.
  case gelu

  /// f(x).
  public func value(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .relu: x > 0 ? x : 0
    case .tanh: Glibc.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .gelu: x * 0.5 * erfc(-x / 2.0.squareRoot())
    }
  }

  /// f′(x); 0 at the kink of ReLU.
  public func derivative(_ x: Double) -> Double {
    switch self {
    case .identity: 1
    case .relu: x > 0 ? 1 : 0
    case .tanh: 1 / (cosh(x) * cosh(x))
    case .sigmoid: value(x) * value(-x)
    case .gelu: 0.5 * erfc(-x / 2.0.squareRoot()) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    }
  }
}
