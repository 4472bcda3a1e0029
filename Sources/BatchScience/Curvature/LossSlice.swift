public import BatchAlgebra
import BatchFoundation
public import BatchTraining

/// The loss on a plane through a point: f(x + s·u + t·v).
///
/// Source: Li et al. 2018, *Visualizing the loss landscape of neural nets*, §4. Directions drawn at random are scaled
/// to the filters of x by `DatasetLoss.normaliseFilters(of:like:)`, which makes slices of networks comparable that
/// differ in the scale of their weights.
public struct LossSlice: Sendable, Hashable, Codable {
  /// The positions s along the first direction, one a row.
  public let rows: [Double]
  /// The positions t along the second direction, one a column.
  public let columns: [Double]
  /// The loss at each, a row an array; no number where that is what the network gives.
  public let losses: [[Double]]

  /// 21 positions from −1 to 1.
  public static let usualPositions = (0..<21).map { -1 + Double($0) / 10 }

  /// The loss on a grid of the plane that two directions span.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for vectors of another length, directions that are zero, no numbers or
  ///   parallel, or when memory is short.
  public init<Function: DifferentiableFunction>(
    of function: Function, at point: UnsafeBufferPointer<Function.Element>,
    along u: UnsafeBufferPointer<Function.Element>, and v: UnsafeBufferPointer<Function.Element>,
    rows: [Double] = LossSlice.usualPositions, columns: [Double] = LossSlice.usualPositions
  ) throws(CurvatureError) {
    try function.requireLength("the point", point)
    for (name, direction) in [("the first direction", u), ("the second direction", v)] {
      try function.requireLength(name, direction)
      let square = sumOfSquares(direction)
      guard square.isFinite else { throw .notFinite(what: name) }
      guard square > 0 else { throw .zeroVector(what: name) }
    }
    if let position = (rows + columns).first(where: { !$0.isFinite }) {
      throw .setting("a position on the plane is a number, not \(position)")
    }
    let product = Double(try shaped { () throws(ShapeError) in try dot(u, v) })
    guard product * product < 0.9999 * sumOfSquares(u) * sumOfSquares(v) else {
      throw .setting("the directions are parallel, and span no plane")
    }
    let place = try function.zeroVector()
    self.rows = rows
    self.columns = columns
    var losses: [[Double]] = []
    for s in rows {
      var row: [Double] = []
      for t in columns {
        _ = place.elements.update(fromContentsOf: point)
        try shaped { () throws(ShapeError) in
          try axpy(Function.Element(s), u, into: place.elements)
          try axpy(Function.Element(t), v, into: place.elements)
        }
        row.append(try function.value(at: place.readOnly))
      }
      losses.append(row)
    }
    self.losses = losses
  }
}

extension DatasetLoss {
  /// A random direction, of length 1, or scaled to the filters of the parameters.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` when memory is short.
  public func randomDirection(
    normalisingFilters: Bool = true, seed: UInt64, index: UInt64 = 0
  ) throws(CurvatureError) -> AlignedBuffer<S> {
    let direction: AlignedBuffer<S> = try allocated(storedCount)
    var stream = RandomStream(seed: seed, name: "slice", index: index)
    fill(direction.elements, with: .normal, from: &stream)
    if normalisingFilters {
      normaliseFilters(of: direction.elements, like: parameters.readOnly)
    } else {
      scale(direction.elements, by: S(1 / sumOfSquares(direction.readOnly).squareRoot()))
    }
    return direction
  }

  /// Gives each filter of a direction the length of that filter of a point: the weights that lead to one output.
  ///
  /// Of a weight [in, out] a filter is a column. Vectors, such as biases, have none and become 0 (Li et al. 2018, §4).
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func normaliseFilters(of direction: UnsafeMutableBufferPointer<S>, like point: UnsafeBufferPointer<S>) {
    let parameters = UnsafeMutableBufferPointer(mutating: point)
    for slot in network.slots {
      var values = network.values(of: slot, in: direction)
      if slot.shape.count < 2 {
        values = [S](repeating: 0, count: values.count)
      } else {
        let reference = network.values(of: slot, in: parameters)
        let filters = slot.shape[slot.shape.count - 1]
        for filter in 0..<filters {
          let places = stride(from: filter, to: values.count, by: filters)
          let length = places.reduce(0) { $0 + Double(reference[$1] * reference[$1]) }.squareRoot()
          let found = places.reduce(0) { $0 + Double(values[$1] * values[$1]) }.squareRoot()
          for place in places { values[place] *= found > 0 ? S(length / found) : 0 }
        }
      }
      network.setValues(of: slot, values, in: direction)
    }
  }
}
