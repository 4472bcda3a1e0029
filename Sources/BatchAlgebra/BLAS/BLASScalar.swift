public import COpenBLAS

/// The BLAS routines of one precision, with raw pointers and no checks.
public protocol BLASScalar {
  /// C ← α·op(A)·op(B) + β·C for row-major matrices; op(A) is m×k, op(B) k×n, C m×n.
  static func blasGEMM(
    _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self,
    _ a: UnsafePointer<Self>, _ aStride: Int, _ b: UnsafePointer<Self>, _ bStride: Int, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ cStride: Int)
  /// y ← α·op(A)·x + β·y for a row-major A of `rows` × `columns`.
  static func blasGEMV(
    _ transposeA: CBLAS_TRANSPOSE, _ rows: Int, _ columns: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ aStride: Int,
    _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>)
  /// The upper triangle of C ← α·op(A)·op(A)ᵀ + β·C for row-major matrices; op(A) is n×k, C n×n.
  static func blasSYRK(
    _ transposeA: CBLAS_TRANSPOSE, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ aStride: Int,
    _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ cStride: Int)
  /// Σ xᵢyᵢ.
  static func blasDot(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self
  /// y ← αx + y.
  static func blasAXPY(_ count: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// x ← αx.
  static func blasScale(_ count: Int, _ alpha: Self, _ x: UnsafeMutablePointer<Self>)
  /// √(Σ xᵢ²), scaled so that squares cannot overflow.
  static func blasNorm(_ count: Int, _ x: UnsafePointer<Self>) -> Self
  /// Σ |xᵢ|.
  static func blasAbsoluteSum(_ count: Int, _ x: UnsafePointer<Self>) -> Self
  /// The first index of the largest |xᵢ|.
  static func blasLargestIndex(_ count: Int, _ x: UnsafePointer<Self>) -> Int
}

extension Float: BLASScalar {
  public static func blasGEMM(
    _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), alpha, a, blasint(aStride), b,
      blasint(bStride), beta, c, blasint(cStride))
  }

  public static func blasGEMV(
    _ transposeA: CBLAS_TRANSPOSE, _ rows: Int, _ columns: Int, _ alpha: Float, _ a: UnsafePointer<Float>,
    _ aStride: Int,
    _ x: UnsafePointer<Float>, _ beta: Float, _ y: UnsafeMutablePointer<Float>
  ) {
    cblas_sgemv(
      CblasRowMajor, transposeA, blasint(rows), blasint(columns), alpha, a, blasint(aStride), x, 1, beta, y, 1)
  }

  public static func blasSYRK(
    _ transposeA: CBLAS_TRANSPOSE, _ n: Int, _ k: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ aStride: Int,
    _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    cblas_ssyrk(
      CblasRowMajor, CblasUpper, transposeA, blasint(n), blasint(k), alpha, a, blasint(aStride), beta, c,
      blasint(cStride))
  }

  public static func blasDot(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>) -> Float {
    cblas_sdot(blasint(count), x, 1, y, 1)
  }

  public static func blasAXPY(
    _ count: Int, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    cblas_saxpy(blasint(count), alpha, x, 1, y, 1)
  }

  public static func blasScale(_ count: Int, _ alpha: Float, _ x: UnsafeMutablePointer<Float>) {
    cblas_sscal(blasint(count), alpha, x, 1)
  }

  public static func blasNorm(_ count: Int, _ x: UnsafePointer<Float>) -> Float {
    cblas_snrm2(blasint(count), x, 1)
  }

  public static func blasAbsoluteSum(_ count: Int, _ x: UnsafePointer<Float>) -> Float {
    cblas_sasum(blasint(count), x, 1)
  }

  public static func blasLargestIndex(_ count: Int, _ x: UnsafePointer<Float>) -> Int {
    Int(cblas_isamax(blasint(count), x, 1))
  }
}

extension Double: BLASScalar {
  public static func blasGEMM(
    _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ m: Int, _ n: Int, _ k: Int, _ alpha: Double,
    _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>, _ bStride: Int, _ beta: Double,
    _ c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), alpha, a, blasint(aStride), b,
      blasint(bStride), beta, c, blasint(cStride))
  }

  public static func blasGEMV(
    _ transposeA: CBLAS_TRANSPOSE, _ rows: Int, _ columns: Int, _ alpha: Double, _ a: UnsafePointer<Double>,
    _ aStride: Int,
    _ x: UnsafePointer<Double>, _ beta: Double, _ y: UnsafeMutablePointer<Double>
  ) {
    cblas_dgemv(
      CblasRowMajor, transposeA, blasint(rows), blasint(columns), alpha, a, blasint(aStride), x, 1, beta, y, 1)
  }

  public static func blasSYRK(
    _ transposeA: CBLAS_TRANSPOSE, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ aStride: Int,
    _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, transposeA, blasint(n), blasint(k), alpha, a, blasint(aStride), beta, c,
      blasint(cStride))
  }

  public static func blasDot(_ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
    cblas_ddot(blasint(count), x, 1, y, 1)
  }

  public static func blasAXPY(
    _ count: Int, _ alpha: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    cblas_daxpy(blasint(count), alpha, x, 1, y, 1)
  }

  public static func blasScale(_ count: Int, _ alpha: Double, _ x: UnsafeMutablePointer<Double>) {
    cblas_dscal(blasint(count), alpha, x, 1)
  }

  public static func blasNorm(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    cblas_dnrm2(blasint(count), x, 1)
  }

  public static func blasAbsoluteSum(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    cblas_dasum(blasint(count), x, 1)
  }

  public static func blasLargestIndex(_ count: Int, _ x: UnsafePointer<Double>) -> Int {
    Int(cblas_idamax(blasint(count), x, 1))
  }
}

/// Refuses a length that does not fit BLAS's integers, which a routine would read as negative.
///
/// - Throws: ``ShapeError`` that names the operation and the length.
func requireBLASLength(_ operation: String, _ longest: Int) throws(ShapeError) {
  guard longest <= Int(blasint.max) else {
    throw ShapeError(
      "\(operation): a side or row stride of \(longest) exceeds \(blasint.max), the most that BLAS and LAPACK can "
        + "index; cut the matrix into blocks")
  }
}

/// Calls `body` with consecutive ranges that cover `count` elements, each short enough for BLAS's integers.
@inline(__always)
func forEachBLASLength(in count: Int, limit: Int = Int(blasint.max), _ body: (Range<Int>) -> Void) {
  var start = 0
  while start < count {
    let end = start + min(limit, count - start)
    body(start..<end)
    start = end
  }
}
