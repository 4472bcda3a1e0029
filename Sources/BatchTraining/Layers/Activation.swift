import CBatchKernels

/// The function applied to each output of a dense layer.
public enum Activation: String, Sendable, Hashable, CaseIterable, Codable {
  /// f(x) = x.
  case identity
  /// f(x) = max(x, 0).
  case relu
  /// f(x) = tanh x.
  case tanh
  /// f(x) = 1 / (1 + e⁻ˣ).
  case sigmoid
  /// f(x) = x·Φ(x) with the exact normal distribution function (Hendrycks & Gimpel 2016, §2).
  case gelu

  var kernel: bk_activation {
    switch self {
    case .identity: BK_IDENTITY
    case .relu: BK_RELU
    case .tanh: BK_TANH
    case .sigmoid: BK_SIGMOID
    case .gelu: BK_GELU
    }
  }

  /// GELU's derivative cannot be had from its output, so that its input is kept for the backward pass.
  var keepsPreactivation: Bool { self == .gelu }

  /// The initialisation that keeps the variance of the signal through layers with this activation.
  var defaultInitialisation: Initialisation { self == .relu || self == .gelu ? .heNormal : .glorotUniform }
}
