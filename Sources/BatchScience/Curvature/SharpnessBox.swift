import BatchAlgebra
import BatchFoundation
import BatchTraining

/// A function on the box |u_i| ≤ 1, into which others are scaled.
protocol UnitBox<Element> {
  associatedtype Element: Scalar
  /// The number of elements of u in memory.
  var count: Int { get }
  /// Fills u evenly; what pads it becomes 0.
  func fill(_ u: UnsafeMutableBufferPointer<Element>, from stream: inout RandomStream)
  /// The value at a point.
  func value(at u: UnsafeBufferPointer<Element>) throws(CurvatureError) -> Double
  /// Writes the gradient by u and returns the value.
  func gradient(
    at u: UnsafeBufferPointer<Element>, into gradient: UnsafeMutableBufferPointer<Element>
  ) throws(CurvatureError) -> Double
}

/// f(x + r ⊙ u) with r_i = ε·(|x_i| + 1).
struct FullBox<Function: DifferentiableFunction>: UnitBox {
  typealias Element = Function.Element
  private let function: Function
  private let center: UnsafeBufferPointer<Element>
  private let radius: AlignedBuffer<Element>
  private let point: AlignedBuffer<Element>

  var count: Int { radius.count }

  /// The box about a point, which must outlive it.
  init(
    _ function: Function, at center: UnsafeBufferPointer<Element>, epsilon: Double
  ) throws(CurvatureError) {
    self.function = function
    self.center = center
    (radius, point) = (try function.zeroVector(), try function.zeroVector())
    setRadius(radius.elements, epsilon, about: center)
  }

  func fill(_ u: UnsafeMutableBufferPointer<Element>, from stream: inout RandomStream) {
    function.fill(u, with: .uniform, from: &stream)
  }

  func value(at u: UnsafeBufferPointer<Element>) throws(CurvatureError) -> Double {
    move(to: u)
    return try function.value(at: point.readOnly)
  }

  func gradient(
    at u: UnsafeBufferPointer<Element>, into gradient: UnsafeMutableBufferPointer<Element>
  ) throws(CurvatureError) -> Double {
    move(to: u)
    let value = try function.gradient(at: point.readOnly, into: gradient)
    multiply(gradient, by: radius.readOnly)
    return value
  }

  private func move(to u: UnsafeBufferPointer<Element>) {
    _ = point.elements.update(fromContentsOf: u)
    multiply(point.elements, by: radius.readOnly)
    add(center, to: point.elements)
  }
}

/// f(x + A·(r ⊙ u)) with p random columns in A and r_i = ε·(|(A⁺x)_i| + 1).
struct SubspaceBox<Function: DifferentiableFunction>: UnitBox {
  typealias Element = Function.Element
  private let function: Function
  private let center: UnsafeBufferPointer<Element>
  /// Aᵀ, [p, n].
  private let directions: Matrix<Element>
  private let radius: AlignedBuffer<Element>
  private let point: AlignedBuffer<Element>
  private let slope: AlignedBuffer<Element>
  private let scaled: AlignedBuffer<Element>

  var count: Int { radius.count }

  /// The box about a point, which must outlive it, in `count` random directions.
  init(
    _ function: Function, at center: UnsafeBufferPointer<Element>, epsilon: Double, directions count: Int,
    from stream: inout RandomStream
  ) throws(CurvatureError) {
    guard 1...max(1, function.dimension) ~= count else {
      throw .setting("a subspace has between 1 and \(function.dimension) directions, not \(count)")
    }
    self.function = function
    self.center = center
    (point, slope) = (try function.zeroVector(), try function.zeroVector())
    (radius, scaled) = (try allocated(count), try allocated(count))
    var directions: Matrix<Element>
    do throws(AllocationError) {
      directions = try Matrix(rows: count, columns: function.storedCount)
    } catch {
      throw .model(.allocation(error))
    }
    directions.withMutableView { view in
      for i in 0..<view.rows {
        function.fill(
          UnsafeMutableBufferPointer(start: view.row(i), count: view.columns), with: .normal, from: &stream)
      }
    }
    self.directions = directions
    // A⁺x = (AᵀA)⁻¹Aᵀx, by the Cholesky decomposition: random columns are far from dependent.
    let coordinates = try algebra { () throws(AlgebraError) -> Matrix<Double> in
      let gram = try product(directions, times: directions, .transposed)
      let right = try Matrix<Element>(projecting: center, onRowsOf: directions)
      return try CholeskyDecomposition(of: Matrix<Double>(converting: gram)).solve(Matrix<Double>(converting: right))
    }
    let elements = coordinates.elements.map { Element($0) }
    elements.withUnsafeBufferPointer { setRadius(radius.elements, epsilon, about: $0) }
  }

  func fill(_ u: UnsafeMutableBufferPointer<Element>, from stream: inout RandomStream) {
    RandomEntries.uniform.fill(u, from: &stream)
  }

  func value(at u: UnsafeBufferPointer<Element>) throws(CurvatureError) -> Double {
    try move(to: u)
    return try function.value(at: point.readOnly)
  }

  func gradient(
    at u: UnsafeBufferPointer<Element>, into gradient: UnsafeMutableBufferPointer<Element>
  ) throws(CurvatureError) -> Double {
    try move(to: u)
    let value = try function.gradient(at: point.readOnly, into: slope.elements)
    try shaped { () throws(ShapeError) in
      try directions.withView { view throws(ShapeError) in try gemv(view, times: slope.readOnly, into: gradient) }
    }
    multiply(gradient, by: radius.readOnly)
    return value
  }

  private func move(to u: UnsafeBufferPointer<Element>) throws(CurvatureError) {
    _ = scaled.elements.update(fromContentsOf: u)
    multiply(scaled.elements, by: radius.readOnly)
    _ = point.elements.update(fromContentsOf: center)
    try shaped { () throws(ShapeError) in
      try directions.withView { view throws(ShapeError) in
        try gemv(view, .transposed, times: scaled.readOnly, beta: 1, into: point.elements)
      }
    }
  }
}

extension Matrix {
  /// A·x as a column, for A given by its rows.
  fileprivate init(projecting x: UnsafeBufferPointer<S>, onRowsOf a: Matrix<S>) throws(AlgebraError) {
    do throws(AllocationError) {
      try self.init(rows: a.rows, columns: 1)
    } catch {
      throw .allocation(error)
    }
    do throws(ShapeError) {
      try withMutableView { result throws(ShapeError) in
        try a.withView { a throws(ShapeError) in
          try gemv(a, times: x, into: UnsafeMutableBufferPointer(start: result.baseAddress, count: a.rows))
        }
      }
    } catch {
      throw .shape(error)
    }
  }

  /// The same numbers in another precision.
  fileprivate init<T: Scalar>(converting other: Matrix<T>) throws(AlgebraError) {
    do throws(AllocationError) {
      try self.init(rows: other.rows, columns: other.columns, other.elements.map { S($0) })
    } catch {
      throw .allocation(error)
    }
  }
}

/// rᵢ = ε·(|xᵢ| + 1).
@specialized(where S == Float)
@specialized(where S == Double)
private func setRadius<S: Scalar>(
  _ radius: UnsafeMutableBufferPointer<S>, _ epsilon: Double, about x: UnsafeBufferPointer<S>
) {
  for i in radius.indices { radius[i] = S(epsilon) * (abs(x[i]) + 1) }
}

/// xᵢ ← rᵢ·xᵢ.
@specialized(where S == Float)
@specialized(where S == Double)
private func multiply<S: Scalar>(_ x: UnsafeMutableBufferPointer<S>, by r: UnsafeBufferPointer<S>) {
  for i in x.indices { x[i] *= r[i] }
}

/// yᵢ ← yᵢ + xᵢ.
@specialized(where S == Float)
@specialized(where S == Double)
private func add<S: Scalar>(_ x: UnsafeBufferPointer<S>, to y: UnsafeMutableBufferPointer<S>) {
  for i in y.indices { y[i] += x[i] }
}
