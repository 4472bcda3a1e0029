extension Dense: PyTorchExportable {
  /// `Linear`, whose weight is [out, in], and the activation's module behind it.
  public func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule] {
    let linear = PyTorchModule(
      "Linear(\(inputShape.reduce(1, *)), \(units))",
      parameters: [.init(name: "weight", index: 0, isTransposed: true), .init(name: "bias", index: 1)])
    return [linear] + activation.pyTorchModules
  }
}

extension Activation {
  /// The module that computes f; none for f(x) = x.
  fileprivate var pyTorchModules: [PyTorchModule] {
    switch self {
    case .identity: []
    case .relu: [PyTorchModule("ReLU()")]
    case .tanh: [PyTorchModule("Tanh()")]
    case .sigmoid: [PyTorchModule("Sigmoid()")]
    // With the exact distribution function, as here, unless told otherwise.
    case .gelu: [PyTorchModule("GELU()")]
    }
  }
}
