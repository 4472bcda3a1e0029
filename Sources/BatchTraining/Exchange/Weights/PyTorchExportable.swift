/// A layer for which PyTorch has modules that compute the same.
public protocol PyTorchExportable: Layer {
  /// The modules in the order of `torch.nn.Sequential`; `inputShape` is that of one example.
  func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule]
}

/// A module of PyTorch, and which of a layer's parameters it holds.
public struct PyTorchModule: Sendable, Hashable {
  /// A parameter of a module.
  public struct Parameter: Sendable, Hashable {
    /// The name within the module: `weight`, `bias`.
    public var name: String
    /// The number of the parameter among the layer's.
    public var index: Int
    /// Whether the module has the transpose of the layer's matrix.
    public var isTransposed: Bool

    /// A parameter with all of its parts.
    public init(name: String, index: Int, isTransposed: Bool = false) {
      self.name = name
      self.index = index
      self.isTransposed = isTransposed
    }
  }

  /// How Python makes the module: `Linear(784, 512)`.
  public var constructor: String
  /// Its parameters.
  public var parameters: [Parameter]
  /// Its buffers, numbered as the layer's running buffers.
  public var buffers: [Parameter]

  /// A module; most have no parameters, and few have buffers.
  public init(_ constructor: String, parameters: [Parameter] = [], buffers: [Parameter] = []) {
    self.constructor = constructor
    self.parameters = parameters
    self.buffers = buffers
  }
}
