public import BatchAlgebra
public import BatchFoundation
public import BatchTraining

/// What some steps of Lanczos's method find of a symmetric operator A from a starting vector.
///
/// m steps make orthonormal vectors V and the tridiagonal T = Vᵀ·A·V, whose eigenvalues, the Ritz values, approach
/// those of A from both ends (Golub & Van Loan 2013, *Matrix Computations*, §10.1). Every new vector is made orthogonal
/// to all before it, so that no eigenvalue comes twice. Where the vectors span an invariant subspace the method ends
/// early, and the Ritz values are eigenvalues up to rounding. Needs m vectors of memory.
public struct Lanczos<S: Scalar> {
  /// A Ritz value: an estimate of an eigenvalue.
  public struct RitzValue: Sendable, Hashable, Codable {
    /// The estimate θ.
    public var value: Double
    /// |β_m·s_m|: an eigenvalue of A lies as near to θ as that, rounding aside (Golub & Van Loan 2013, theorem 10.1.2).
    public var bound: Double
    /// The share of the starting vector that lies along it; the shares add to 1.
    public var weight: Double
  }

  /// α, the diagonal of T.
  public private(set) var diagonal: [Double] = []
  /// β, what stands beside the diagonal of T; one element less.
  public private(set) var offDiagonal: [Double] = []
  /// β_m, the length of what is left of A·v beyond the vectors so far.
  public private(set) var residual = 0.0
  /// Whether the vectors span an invariant subspace, so that there are no further steps.
  public private(set) var isInvariant = false
  private var basis: OrthonormalBasis<S>
  private let next: AlignedBuffer<S>
  /// The largest |A·v| of a unit vector so far: at most A's largest eigenvalue.
  private var scale = 0.0

  /// The number of steps so far.
  public var steps: Int { diagonal.count }

  /// Room for `capacity` steps, at most as many as the space has dimensions, from a vector of any length but 0.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for a starting vector that is zero, no number or of another length, and
  ///   when memory is short.
  public init<Space: VectorSpace<S>>(
    in space: Space, from start: UnsafeBufferPointer<S>, capacity: Int
  ) throws(CurvatureError) {
    guard capacity >= 1 else { throw .setting("Lanczos's method needs room for at least 1 step, not \(capacity)") }
    guard space.dimension >= 1 else { throw .setting("a space of dimension 0 has no eigenvalues") }
    try space.requireLength("the starting vector", start)
    let length = sumOfSquares(start).squareRoot()
    guard length.isFinite else { throw .notFinite(what: "the starting vector") }
    guard length > 0 else { throw .zeroVector(what: "the starting vector") }
    basis = try OrthonormalBasis(capacity: min(capacity, space.dimension), length: space.storedCount)
    next = try space.zeroVector()
    basis.append(start, norm: length)
  }

  /// The same from a random vector: it has a part along every eigenvector, with probability 1.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` when memory is short.
  public init<Space: VectorSpace<S>>(
    in space: Space, capacity: Int, entries: RandomEntries = .normal, from stream: inout RandomStream
  ) throws(CurvatureError) {
    let start = try space.zeroVector()
    space.fill(start.elements, with: entries, from: &stream)
    try self.init(in: space, from: start.readOnly, capacity: capacity)
  }

  /// Whether a further step can be made.
  public var canStep: Bool { !isInvariant && steps < basis.capacity }

  /// Makes one step, which takes one product; false where there is none to make.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for a product that is no vector of numbers.
  public mutating func step<Operator: SymmetricOperator<S>>(_ a: Operator) throws(CurvatureError) -> Bool {
    guard canStep else { return false }
    if steps > 0 {
      offDiagonal.append(residual)
      basis.append(next.readOnly, norm: residual)
    }
    let v = basis.vector(steps)
    try a.product(of: v, into: next.elements)
    diagonal.append(Double(try shaped { () throws(ShapeError) in try dot(v, next.readOnly) }))
    scale = max(scale, sumOfSquares(next.readOnly).squareRoot())
    try basis.project(next.elements)
    residual = sumOfSquares(next.readOnly).squareRoot()
    // What is left then is rounding.
    isInvariant = residual <= 8 * Double(S.ulpOfOne) * scale || steps == a.dimension
    return true
  }

  /// The Ritz values, ascending.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` when LAPACK fails.
  public func ritzValues() throws(CurvatureError) -> [RitzValue] {
    let eigen = try decomposition()
    let last = steps - 1
    return eigen.values.indices.map { j in
      RitzValue(
        value: eigen.values[j], bound: abs(residual * eigen.vectors[last, j]),
        weight: eigen.vectors[0, j] * eigen.vectors[0, j])
    }
  }

  /// The vector of length 1 that belongs to a Ritz value, by its place among them: an estimate of the eigenvector.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` when LAPACK fails or memory is short.
  public func ritzVector(_ index: Int) throws(CurvatureError) -> AlignedBuffer<S> {
    let vector: AlignedBuffer<S> = try allocated(next.count)
    try basis.combine(try decomposition().vectors.column(index), into: vector.elements)
    return vector
  }

  private func decomposition() throws(CurvatureError) -> TridiagonalEigendecomposition<Double> {
    try algebra { () throws(AlgebraError) in
      try TridiagonalEigendecomposition(diagonal: diagonal, offDiagonal: offDiagonal)
    }
  }
}
