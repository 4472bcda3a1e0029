import BatchAlgebra
public import BatchFoundation

/// How the elements of a parameter are drawn before training.
///
/// A layer's own way is a name and a function that gives all elements of a parameter, of which a deviation of 0.02 is
/// an example:
///
/// ```swift
/// Initialisation("small normal") { fans, stream in (0..<fans.count).map { _ in 0.02 * stream.normal() } }
/// ```
public struct Initialisation: Sendable, Hashable, CustomStringConvertible {
  /// The parameter to be drawn: its size, and what deviations are scaled by.
  public struct Fans: Sendable, Hashable {
    /// The number of elements, which are drawn in the order of the shape, its last dimension fastest.
    public var count: Int
    /// The number of inputs of one output.
    public var fanIn: Int
    /// The number of outputs of one input.
    public var fanOut: Int
  }

  /// The name: two initialisations of one name are the same.
  public let description: String
  private let values: @Sendable (_ fans: Fans, _ stream: inout RandomStream) -> [Double]

  /// A way of drawing that has a name; `values` gives `fans.count` numbers, which come from the stream alone.
  public init(
    _ name: String, values: @escaping @Sendable (_ fans: Fans, _ stream: inout RandomStream) -> [Double]
  ) {
    description = name
    self.values = values
  }

  /// All zero.
  public static let zeros = Initialisation("zeros") { fans, _ in [Double](repeating: 0, count: fans.count) }
  /// All one, as what scales a normalised signal begins.
  public static let ones = Initialisation("ones") { fans, _ in [Double](repeating: 1, count: fans.count) }
  /// Normal with variance 2 / fan-in: He and others 2015, equation 10.
  public static let heNormal = Initialisation("he-normal") { fans, stream in
    normal(variance: 2 / Double(max(fans.fanIn, 1)), fans.count, &stream)
  }
  /// Uniform with variance 2 / fan-in: He and others 2015.
  public static let heUniform = Initialisation("he-uniform") { fans, stream in
    uniform(variance: 2 / Double(max(fans.fanIn, 1)), fans.count, &stream)
  }
  /// Normal with variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010, equation 12).
  public static let glorotNormal = Initialisation("glorot-normal") { fans, stream in
    normal(variance: 2 / Double(max(fans.fanIn + fans.fanOut, 1)), fans.count, &stream)
  }
  /// Uniform with variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010, equation 16).
  public static let glorotUniform = Initialisation("glorot-uniform") { fans, stream in
    uniform(variance: 2 / Double(max(fans.fanIn + fans.fanOut, 1)), fans.count, &stream)
  }

  private static func normal(variance: Double, _ count: Int, _ stream: inout RandomStream) -> [Double] {
    let deviation = variance.squareRoot()
    return (0..<count).map { _ in deviation * stream.normal() }
  }

  private static func uniform(variance: Double, _ count: Int, _ stream: inout RandomStream) -> [Double] {
    // A uniform variable on ±√3·σ has the deviation σ.
    let bound = variance.squareRoot() * 3.0.squareRoot()
    return (0..<count).map { _ in bound * (2 * stream.uniform() - 1) }
  }

  /// The elements of a parameter; drawn in double precision, so that `Float` and `Double` networks start alike.
  func draw<S: Scalar>(_ count: Int, fanIn: Int, fanOut: Int, from stream: RandomStream) -> [S] {
    var stream = stream
    let drawn = values(Fans(count: count, fanIn: fanIn, fanOut: fanOut), &stream)
    guard drawn.count == count else {
      fatalError("the initialisation \(self) gives \(drawn.count) numbers for a parameter of \(count)")
    }
    return drawn.map { S($0) }
  }

  public static func == (a: Initialisation, b: Initialisation) -> Bool { a.description == b.description }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
