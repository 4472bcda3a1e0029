import BatchAlgebra
import BatchFoundation
import BatchTraining

/// Searches for the maximum of a function in the box |u_i| ≤ 1 by projected gradient ascent.
///
/// A step goes to the corner that the gradient points to where the function grows enough on the way: for a convex
/// function it always does, and its maximum is at a corner. Otherwise a step along the gradient, cut at the box, is
/// shortened until it does (Bertsekas 1976, *On the Goldstein–Levitin–Polyak gradient projection method*).
struct BoxAscent {
  /// The most steps from a start.
  let iterations: Int
  /// A step must gain this share of what the gradient promises.
  private static var leastShare: Double { 1e-4 }
  /// A step along the gradient is shortened at most so often.
  private static var cuts: Int { 8 }

  /// The largest value on the way from each start, the first of which is the middle of the box.
  func search<Box: UnitBox>(
    _ box: Box, restarts: Int, _ stream: inout RandomStream
  ) throws(CurvatureError) -> [Double] {
    var best: [Double] = []
    for restart in 0..<restarts {
      let u: AlignedBuffer<Box.Element> = try allocated(box.count)
      if restart > 0 { box.fill(u.elements, from: &stream) }
      best.append(try climb(box, from: u))
    }
    return best
  }

  /// The largest value on the way up from a point, which moves.
  private func climb<Box: UnitBox>(_ box: Box, from u: AlignedBuffer<Box.Element>) throws(CurvatureError) -> Double {
    let gradient: AlignedBuffer<Box.Element> = try allocated(box.count)
    let trial: AlignedBuffer<Box.Element> = try allocated(box.count)
    var largest = -Double.infinity
    for _ in 0..<iterations {
      let value = try box.gradient(at: u.readOnly, into: gradient.elements)
      // Beyond what numbers hold there is nothing to climb.
      guard value.isFinite, sumOfSquares(gradient.readOnly).isFinite else { break }
      largest = max(largest, value)
      guard let next = try step(box, from: u, value, gradient, trial) else { break }
      largest = max(largest, next)
      _ = u.elements.update(fromContentsOf: trial.elements)
    }
    return largest
  }

  /// Leaves a better point in `trial` and returns its value; nil where none is found.
  private func step<Box: UnitBox>(
    _ box: Box, from u: AlignedBuffer<Box.Element>, _ value: Double, _ gradient: AlignedBuffer<Box.Element>,
    _ trial: AlignedBuffer<Box.Element>
  ) throws(CurvatureError) -> Double? {
    func gains() throws(CurvatureError) -> Double? {
      let promised = promise(gradient.readOnly, from: u.readOnly, to: trial.readOnly)
      guard promised > 0 else { return nil }
      let moved = try box.value(at: trial.readOnly)
      return moved.isFinite && moved > value && moved - value >= Self.leastShare * promised ? moved : nil
    }
    moveToCorner(trial.elements, from: u.readOnly, along: gradient.readOnly)
    if let moved = try gains() { return moved }
    // From a step through all of the box on.
    let length = sumOfSquares(gradient.readOnly).squareRoot()
    guard length > 0 else { return nil }
    var size = 2 * Double(u.count).squareRoot() / length
    for _ in 0..<Self.cuts {
      move(trial.elements, from: u.readOnly, by: Box.Element(size), along: gradient.readOnly)
      if let moved = try gains() { return moved }
      size /= 4
    }
    return nil
  }
}

/// gᵀ(v − u), added in double precision.
@specialized(where S == Float)
@specialized(where S == Double)
private func promise<S: Scalar>(
  _ g: UnsafeBufferPointer<S>, from u: UnsafeBufferPointer<S>, to v: UnsafeBufferPointer<S>
) -> Double {
  var sum = 0.0
  for i in g.indices { sum += Double(g[i]) * Double(v[i] - u[i]) }
  return sum
}

/// v = the corner that g points to; where g is 0, u.
@specialized(where S == Float)
@specialized(where S == Double)
private func moveToCorner<S: Scalar>(
  _ v: UnsafeMutableBufferPointer<S>, from u: UnsafeBufferPointer<S>, along g: UnsafeBufferPointer<S>
) {
  for i in v.indices { v[i] = g[i] > 0 ? 1 : g[i] < 0 ? -1 : u[i] }
}

/// v = u + t·g, cut at the box.
@specialized(where S == Float)
@specialized(where S == Double)
private func move<S: Scalar>(
  _ v: UnsafeMutableBufferPointer<S>, from u: UnsafeBufferPointer<S>, by t: S, along g: UnsafeBufferPointer<S>
) {
  for i in v.indices { v[i] = min(1, max(-1, u[i] + t * g[i])) }
}
