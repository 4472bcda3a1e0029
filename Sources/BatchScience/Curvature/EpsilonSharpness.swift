import BatchAlgebra
import BatchFoundation
public import BatchTraining

/// The ε-sharpness of a loss f at a point x: by how much f can grow near x, as a percentage.
///
/// Source: Keskar et al. 2017, *On large-batch training for deep learning*, metric 2.1: (max f(x + A·z) − f(x)) / (1 +
/// f(x)) · 100 over the box |z_i| ≤ ε·(|(A⁺x)_i| + 1), where A is the identity, or has as columns some random vectors,
/// here of standard normal elements, and A⁺ is its pseudoinverse. The maximum is searched for from several starts by
/// projected gradient ascent; the value is a lower bound, since a better point may have been missed. Show ``caveat``
/// beside it.
public struct EpsilonSharpness: Sendable, Hashable, Codable {
  /// The sharpness, in per cent.
  public let value: Double
  /// ε, which the size of the box goes by.
  public let epsilon: Double
  /// The number of random directions; nil for the full space.
  public let subspaceDimension: Int?
  /// f(x).
  public let loss: Double
  /// The largest f that was found in the box.
  public let largestLoss: Double
  /// The largest f of each start; far apart, they say that the maximum may have been missed.
  public let starts: [Double]

  /// What a reader must know of the number: it is not of the function that a network computes, but of its parameters.
  public static let caveat =
    "Sharpness depends on how a network is written down: rescaling the layers of a ReLU network (one times a, the next "
    + "by a) leaves every output as it is and changes this number at will (Dinh et al. 2017). Compare it only between "
    + "networks of one architecture, initialisation and regularisation, and not as evidence of generalisation by itself."

  /// The sharpness of a function at a point, in the full space or a subspace of so many random directions.
  ///
  /// The search begins once at the corner that the gradient points to and otherwise at random points of the box, and
  /// makes up to `iterations` steps from each of `restarts` starts. In a subspace of p directions it needs memory for p
  /// vectors.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for settings that make no sense, a loss that is no number or not above
  ///   −1, or when memory is short.
  public init<Function: DifferentiableFunction>(
    of function: Function, at point: UnsafeBufferPointer<Function.Element>, epsilon: Double = 1e-3,
    subspace: Int? = nil, restarts: Int = 3, iterations: Int = 20, seed: UInt64
  ) throws(CurvatureError) {
    guard epsilon > 0, epsilon.isFinite else { throw .setting("ε must be a number above 0, not \(epsilon)") }
    guard restarts >= 1, iterations >= 1 else {
      throw .setting("a search needs at least 1 start and 1 step, not \(restarts) and \(iterations)")
    }
    try function.requireLength("the point", point)
    let loss = try function.value(at: point)
    guard loss.isFinite else { throw .notFinite(what: "the loss at the point") }
    guard loss > -1 else { throw .setting("sharpness is defined for losses above −1, not \(loss)") }
    var stream = RandomStream(seed: seed, name: "sharpness")
    let starts: [Double]
    if let subspace {
      let box = try SubspaceBox(function, at: point, epsilon: epsilon, directions: subspace, from: &stream)
      starts = try BoxAscent(iterations: iterations).search(box, restarts: restarts, &stream)
    } else {
      let box = try FullBox(function, at: point, epsilon: epsilon)
      starts = try BoxAscent(iterations: iterations).search(box, restarts: restarts, &stream)
    }
    let largest = max(loss, starts.max() ?? loss)
    value = (largest - loss) / (1 + loss) * 100
    self.epsilon = epsilon
    subspaceDimension = subspace
    self.loss = loss
    largestLoss = largest
    self.starts = starts
  }
}
