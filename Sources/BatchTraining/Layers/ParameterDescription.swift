/// What a layer asks for: a parameter's name, shape and initial values.
public struct ParameterDescription: Sendable, Hashable {
  /// What the kernels use a parameter for, which decides how it lies in memory.
  public enum Role: Sendable, Hashable {
    /// The weight [in, out] of a dense layer, in the layout that the engine computes fastest in.
    case denseWeight
    /// A vector that is added to rows of a dense layer's outputs, padded like these.
    case bias
    /// Anything else: row-major.
    case plain
  }

  /// The name within the layer: `weight`, `bias`.
  public var name: String
  /// The shape; [in, out] for a weight.
  public var shape: [Int]
  /// What the kernels use it for.
  public var role: Role
  /// How the elements are drawn before training.
  public var initialisation: Initialisation
  /// The number of inputs of one output, which the initialisation scales by.
  public var fanIn: Int
  /// The number of outputs of one input, which the initialisation scales by.
  public var fanOut: Int

  /// A description with all of its parts.
  public init(
    name: String, shape: [Int], role: Role = .plain, initialisation: Initialisation, fanIn: Int, fanOut: Int
  ) {
    precondition(role != .denseWeight || shape.count == 2, "a dense weight has the shape [in, out], not \(shape)")
    self.name = name
    self.shape = shape
    self.role = role
    self.initialisation = initialisation
    self.fanIn = fanIn
    self.fanOut = fanOut
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}
