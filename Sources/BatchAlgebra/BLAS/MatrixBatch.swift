import BatchFoundation

/// Matrices of one shape at equal distances in memory: number i begins at `first.baseAddress + i * stride`.
///
/// Valid as long as a ``MatrixView`` of the memory would be.
public struct MatrixBatchView<S: Scalar>: @unchecked Sendable {
  /// The first matrix.
  public var first: MatrixView<S>
  /// The number of matrices.
  public var count: Int
  /// The distance in elements from one matrix to the next; 0 where all are the same one.
  public var stride: Int

  /// `count` matrices of which `first` is the first; they follow one another unless `stride` says otherwise.
  public init(_ first: MatrixView<S>, count: Int, stride: Int? = nil) {
    self.first = first
    self.count = count
    self.stride = stride ?? first.rows * first.rowStride
    require(count >= 0 && self.stride >= 0, "a batch cannot have \(count) matrices at a distance of \(self.stride)")
  }

  /// Matrix `i`; `i` is not checked.
  @inlinable
  public subscript(i: Int) -> MatrixView<S> {
    var matrix = first
    matrix.baseAddress += i * stride
    return matrix
  }
}

/// A ``MatrixBatchView`` that can be written to.
public struct MutableMatrixBatchView<S: Scalar>: @unchecked Sendable {
  /// The first matrix.
  public var first: MutableMatrixView<S>
  /// The number of matrices.
  public var count: Int
  /// The distance in elements from one matrix to the next; no two matrices may share an element.
  public var stride: Int

  /// `count` matrices of which `first` is the first; they follow one another unless `stride` says otherwise.
  public init(_ first: MutableMatrixView<S>, count: Int, stride: Int? = nil) {
    self.first = first
    self.count = count
    self.stride = stride ?? first.rows * first.rowStride
    require(count >= 0, "a batch cannot have \(count) matrices")
    // Interleaved rows, as of the heads of an attention layer, are apart without one matrix ending before the next.
    require(
      count <= 1 || first.rows == 0 || self.stride >= first.columns,
      "matrices of \(first.rows)×\(first.columns) at a distance of \(self.stride) share elements")
  }

  /// Matrix `i`; `i` is not checked.
  @inlinable
  public subscript(i: Int) -> MutableMatrixView<S> {
    var matrix = first
    matrix.baseAddress += i * stride
    return matrix
  }
}

/// Cᵢ ← α·op(Aᵢ)·op(Bᵢ) + β·Cᵢ for every matrix of a batch, on one thread.
///
/// Shapes and β as for one product. A stride of 0 uses the same A or B in every product.
///
/// - Throws: ``ShapeError`` when counts or shapes do not fit, or with the length that BLAS cannot index.
public func gemm<S: Scalar>(
  alpha: S = 1, _ a: MatrixBatchView<S>, _ transposeA: Transposition = .none, times b: MatrixBatchView<S>,
  _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixBatchView<S>
) throws(ShapeError) {
  try BatchedProduct(alpha, a, transposeA, b, transposeB, beta, c).run(thread: 0, of: 1)
}

/// Cᵢ ← α·op(Aᵢ)·op(Bᵢ) + β·Cᵢ for every matrix of a batch, cut among the threads of a team.
///
/// With fewer matrices than threads every product is cut, else each thread takes whole products; either way the same
/// team size gives the same bits.
///
/// - Throws: as on one thread.
public func gemm<S: Scalar>(
  team: ThreadTeam, alpha: S = 1, _ a: MatrixBatchView<S>, _ transposeA: Transposition = .none,
  times b: MatrixBatchView<S>, _ transposeB: Transposition = .none, beta: S = 0, into c: MutableMatrixBatchView<S>
) throws(ShapeError) {
  team.run(try BatchedProduct(alpha, a, transposeA, b, transposeB, beta, c))
}

private struct BatchedProduct<S: Scalar>: TeamTask {
  let alpha: S
  let a: MatrixBatchView<S>
  let transposeA: Transposition
  let b: MatrixBatchView<S>
  let transposeB: Transposition
  let beta: S
  let c: MutableMatrixBatchView<S>

  init(
    _ alpha: S, _ a: MatrixBatchView<S>, _ transposeA: Transposition, _ b: MatrixBatchView<S>,
    _ transposeB: Transposition, _ beta: S, _ c: MutableMatrixBatchView<S>
  ) throws(ShapeError) {
    guard a.count == c.count, b.count == c.count else {
      throw ShapeError(
        "batch of products: there are \(a.count) A, \(b.count) B and \(c.count) C; their numbers must be equal")
    }
    // All have the shapes of the first: what holds for it holds for all.
    _ = try Product(checking: alpha, a.first, transposeA, b.first, transposeB, beta, c.first)
    self.alpha = alpha
    self.a = a
    self.transposeA = transposeA
    self.b = b
    self.transposeB = transposeB
    self.beta = beta
    self.c = c
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func run(thread: Int, of threads: Int) {
    let cutsProducts = c.count < threads
    for i in cutsProducts ? 0..<c.count : workShare(of: c.count, thread: thread, threads: threads) {
      Product(alpha: alpha, a[i], transposeA, times: b[i], transposeB, beta: beta, into: c[i])
        .run(thread: cutsProducts ? thread : 0, of: cutsProducts ? threads : 1)
    }
  }
}
