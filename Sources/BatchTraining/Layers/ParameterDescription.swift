/// What a layer asks for: a parameter's name, shape and initial values.
public struct ParameterDescription: Sendable, Hashable {
  /// The name within the layer: `weight`, `bias`.
  public var name: String
  /// The shape; [in, out] for a weight.
  public var shape: [Int]
  /// How the elements are drawn before training.
  public var initialisation: Initialisation
  /// The number of inputs of one output, which the initialisation scales by.
  public var fanIn: Int
  /// The number of outputs of one input, which the initialisation scales by.
  public var fanOut: Int

  /// A description with all of its parts.
  public init(name: String, shape: [Int], initialisation: Initialisation, fanIn: Int, fanOut: Int) {
    self.name = name
    self.shape = shape
    self.initialisation = initialisation
    self.fanIn = fanIn
    self.fanOut = fanOut
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

/// Where a parameter lies in the network's one parameter vector.
public struct ParameterSlot: Sendable, Hashable {
  /// The name within the network: `layers.3.weight`.
  public var name: String
  /// The shape; [in, out] for a weight.
  public var shape: [Int]
  /// The index of the first element; a multiple of 16, so that every parameter starts on a cache line.
  public var offset: Int

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}
