import BatchAlgebra
public import BatchTraining

/// The loss along the straight line through two solutions: f((1 − α)·a + α·b).
///
/// Source: Goodfellow, Vinyals & Saxe 2015, *Qualitatively characterizing neural network optimization problems*; with a
/// the solution of small batches and b that of large ones, Keskar et al. 2017, §2.2. Between networks of one function
/// the line may still cross a hill, for hidden units may be numbered otherwise.
public struct LossLine: Sendable, Hashable, Codable {
  /// A point of the line.
  public struct Point: Sendable, Hashable, Codable {
    /// α: 0 at the first solution, 1 at the second.
    public var position: Double
    /// The loss there; no number where that is what the network gives.
    public var loss: Double
  }

  /// The points, in the order asked for.
  public let points: [Point]
  /// |b − a|, the distance between the solutions.
  public let distance: Double

  /// The positions of the paper: 25 from −1 to 2.
  public static let usualPositions = (0..<25).map { -1 + Double($0) / 8 }

  /// The loss at some positions of the line through two points.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for points of another length, points that are the same or no numbers,
  ///   or when memory is short.
  public init<Function: DifferentiableFunction>(
    of function: Function, from a: UnsafeBufferPointer<Function.Element>,
    to b: UnsafeBufferPointer<Function.Element>, at positions: [Double] = LossLine.usualPositions
  ) throws(CurvatureError) {
    try function.requireLength("the first solution", a)
    try function.requireLength("the second solution", b)
    if let position = positions.first(where: { !$0.isFinite }) {
      throw .setting("a position on the line is a number, not \(position)")
    }
    distance = try shaped { () throws(ShapeError) in try squaredDistance(a, b) }.squareRoot()
    guard distance.isFinite else { throw .notFinite(what: "the distance between the solutions") }
    guard distance > 0 else { throw .zeroVector(what: "the difference between the solutions") }
    let point = try function.zeroVector()
    var points: [Point] = []
    for position in positions {
      // So that the ends are met to the bit.
      point.elements.update(repeating: 0)
      try shaped { () throws(ShapeError) in
        if position != 1 { try axpy(Function.Element(1 - position), a, into: point.elements) }
        if position != 0 { try axpy(Function.Element(position), b, into: point.elements) }
      }
      points.append(Point(position: position, loss: try function.value(at: point.readOnly)))
    }
    self.points = points
  }
}
