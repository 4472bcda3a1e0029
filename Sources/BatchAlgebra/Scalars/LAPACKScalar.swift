import CLAPACKE

/// The LAPACK routines of one precision, with raw pointers to column-major matrices and no checks.
///
/// Each returns LAPACK's `info`: 0 for success, negative for a bad argument, positive for a numerical failure.
/// LAPACKE's row-major mode transposes every matrix in memory of its own; the callers here read a row-major matrix as
/// its column-major transpose instead and choose the factorisation that suits.
public protocol LAPACKScalar {
  /// Eigenvalues of a symmetric n×n matrix, ascending, and its eigenvectors in the columns of `a`.
  static func lapackSymmetricEigen(
    _ n: Int, _ a: UnsafeMutablePointer<Self>, _ values: UnsafeMutablePointer<Self>
  ) -> Int
  /// Eigenvalues of a symmetric tridiagonal n×n matrix, ascending in `diagonal`, and its eigenvectors in columns.
  static func lapackTridiagonalEigen(
    _ n: Int, _ diagonal: UnsafeMutablePointer<Self>, _ offDiagonal: UnsafeMutablePointer<Self>,
    _ vectors: UnsafeMutablePointer<Self>
  ) -> Int
  /// A = L·Q of a rows×columns matrix with rows ≤ columns, in LAPACK's compact form.
  static func lapackLQ(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Self>, _ factors: UnsafeMutablePointer<Self>
  ) -> Int
  /// The rows×columns matrix Q with orthonormal rows, from the compact form.
  static func lapackOrthogonalFactor(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Self>, _ factors: UnsafePointer<Self>
  ) -> Int
  /// The shortest X that makes |B − A·X| least, in the first rows of `b`, which has max(rows, columns) rows.
  static func lapackLeastSquares(
    _ rows: Int, _ columns: Int, _ sides: Int, _ a: UnsafeMutablePointer<Self>, _ b: UnsafeMutablePointer<Self>,
    _ singularValues: UnsafeMutablePointer<Self>, _ tolerance: Self, _ rank: inout Int
  ) -> Int
  /// A = U·diag(s)·Vᵀ of a rows×columns matrix; U is rows×thin and Vᵀ thin×columns.
  static func lapackSVD(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Self>, _ singularValues: UnsafeMutablePointer<Self>,
    _ left: UnsafeMutablePointer<Self>, _ right: UnsafeMutablePointer<Self>
  ) -> Int
}

private let vectorsToo = CChar(UInt8(ascii: "V"))
private let lowerTriangle = CChar(UInt8(ascii: "L"))
private let thinVectors = CChar(UInt8(ascii: "S"))

extension Float: LAPACKScalar {
  public static func lapackSymmetricEigen(
    _ n: Int, _ a: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>
  ) -> Int {
    Int(LAPACKE_ssyevd(LAPACK_COL_MAJOR, vectorsToo, lowerTriangle, Int32(n), a, Int32(n), values))
  }

  public static func lapackTridiagonalEigen(
    _ n: Int, _ diagonal: UnsafeMutablePointer<Float>, _ offDiagonal: UnsafeMutablePointer<Float>,
    _ vectors: UnsafeMutablePointer<Float>
  ) -> Int {
    Int(LAPACKE_sstevd(LAPACK_COL_MAJOR, vectorsToo, Int32(n), diagonal, offDiagonal, vectors, Int32(n)))
  }

  public static func lapackLQ(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Float>, _ factors: UnsafeMutablePointer<Float>
  ) -> Int {
    Int(LAPACKE_sgelqf(LAPACK_COL_MAJOR, Int32(rows), Int32(columns), a, Int32(rows), factors))
  }

  public static func lapackOrthogonalFactor(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Float>, _ factors: UnsafePointer<Float>
  ) -> Int {
    Int(
      LAPACKE_sorglq(
        LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(rows), a, Int32(rows), factors))
  }

  public static func lapackLeastSquares(
    _ rows: Int, _ columns: Int, _ sides: Int, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
    _ singularValues: UnsafeMutablePointer<Float>, _ tolerance: Float, _ rank: inout Int
  ) -> Int {
    var found: Int32 = 0
    let info = LAPACKE_sgelsd(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(sides), a, Int32(rows), b,
      Int32(max(rows, columns)), singularValues, tolerance, &found)
    rank = Int(found)
    return Int(info)
  }

  public static func lapackSVD(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Float>, _ singularValues: UnsafeMutablePointer<Float>,
    _ left: UnsafeMutablePointer<Float>, _ right: UnsafeMutablePointer<Float>
  ) -> Int {
    let thin = Int32(min(rows, columns))
    return Int(
      LAPACKE_sgesdd(
        LAPACK_COL_MAJOR, thinVectors, Int32(rows), Int32(columns), a, Int32(rows), singularValues,
        left, Int32(rows), right, thin))
  }
}

extension Double: LAPACKScalar {
  public static func lapackSymmetricEigen(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, _ values: UnsafeMutablePointer<Double>
  ) -> Int {
    Int(LAPACKE_dsyevd(LAPACK_COL_MAJOR, vectorsToo, lowerTriangle, Int32(n), a, Int32(n), values))
  }

  public static func lapackTridiagonalEigen(
    _ n: Int, _ diagonal: UnsafeMutablePointer<Double>, _ offDiagonal: UnsafeMutablePointer<Double>,
    _ vectors: UnsafeMutablePointer<Double>
  ) -> Int {
    Int(LAPACKE_dstevd(LAPACK_COL_MAJOR, vectorsToo, Int32(n), diagonal, offDiagonal, vectors, Int32(n)))
  }

  public static func lapackLQ(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Double>, _ factors: UnsafeMutablePointer<Double>
  ) -> Int {
    Int(LAPACKE_dgelqf(LAPACK_COL_MAJOR, Int32(rows), Int32(columns), a, Int32(rows), factors))
  }

  public static func lapackOrthogonalFactor(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Double>, _ factors: UnsafePointer<Double>
  ) -> Int {
    Int(
      LAPACKE_dorglq(
        LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(rows), a, Int32(rows), factors))
  }

  public static func lapackLeastSquares(
    _ rows: Int, _ columns: Int, _ sides: Int, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>,
    _ singularValues: UnsafeMutablePointer<Double>, _ tolerance: Double, _ rank: inout Int
  ) -> Int {
    var found: Int32 = 0
    let info = LAPACKE_dgelsd(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(sides), a, Int32(rows), b,
      Int32(max(rows, columns)), singularValues, tolerance, &found)
    rank = Int(found)
    return Int(info)
  }

  public static func lapackSVD(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Double>, _ singularValues: UnsafeMutablePointer<Double>,
    _ left: UnsafeMutablePointer<Double>, _ right: UnsafeMutablePointer<Double>
  ) -> Int {
    let thin = Int32(min(rows, columns))
    return Int(
      LAPACKE_dgesdd(
        LAPACK_COL_MAJOR, thinVectors, Int32(rows), Int32(columns), a, Int32(rows), singularValues,
        left, Int32(rows), right, thin))
  }
}
