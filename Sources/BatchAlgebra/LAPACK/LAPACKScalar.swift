import CLAPACKE

/// The LAPACK routines of one precision, with raw pointers and no checks.
///
/// All matrices are column-major here. Asked for row-major, LAPACKE copies every operand into a transpose of its own
/// and back, in memory that it allocates itself; column-major it passes on what it is given. A row-major matrix *is*
/// the column-major storage of its transpose, and the factorisations in this package are arranged so that LAPACK sees
/// that transpose: a QR factorisation runs as LQ, an SVD with U and V exchanged, and nothing is copied.
///
/// Every function returns LAPACK's `info`. With a workspace query in place of a workspace it computes nothing and
/// writes the lengths it wants.
public protocol LAPACKScalar {
  /// Eigenvalues (ascending) of the symmetric n×n matrix whose lower triangle is in `a`, and its vectors into `a`.
  static func lapackSYEVD(
    _ job: LAPACKJob, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ values: UnsafeMutablePointer<Self>,
    _ work: LAPACKWorkspace<Self>
  ) -> Int32
  /// Eigenvalues (ascending, into `diagonal`) and vectors (n×n) of a symmetric tridiagonal matrix.
  static func lapackSTEVD(
    _ job: LAPACKJob, _ n: Int, _ diagonal: UnsafeMutablePointer<Self>, _ offDiagonal: UnsafeMutablePointer<Self>,
    _ vectors: UnsafeMutablePointer<Self>, _ work: LAPACKWorkspace<Self>
  ) -> Int32
  /// The LQ factorisation: L into the lower triangle of `a`, Q as reflectors above it.
  static func lapackGELQF(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Self>, _ stride: Int,
    _ reflectors: UnsafeMutablePointer<Self>, _ work: LAPACKWorkspace<Self>
  ) -> Int32
  /// The first `rows` rows of Q from its reflectors, in place.
  static func lapackORGLQ(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Self>, _ stride: Int, _ reflectors: UnsafePointer<Self>,
    _ work: LAPACKWorkspace<Self>
  ) -> Int32
  /// The least-squares solutions of least norm, into the first `columns` rows of `b`, which has max(rows, columns)
  /// rows.
  static func lapackGELSD(
    _ rows: Int, _ columns: Int, _ rightSides: Int, _ a: UnsafeMutablePointer<Self>, _ b: UnsafeMutablePointer<Self>,
    _ singularValues: UnsafeMutablePointer<Self>, _ tolerance: Self, _ rank: inout Int, _ work: LAPACKWorkspace<Self>
  ) -> Int32
  /// The LU factorisation of the n×n matrix `a` with rows exchanged: L below the diagonal, U on and above it.
  static func lapackGETRF(_ n: Int, _ a: UnsafeMutablePointer<Self>, _ pivots: UnsafeMutablePointer<Int32>) -> Int32
  /// The solutions of A·X = B from the factors of `lapackGETRF`, in place of `b` (n×rightSides).
  static func lapackGETRS(
    _ n: Int, _ rightSides: Int, _ factors: UnsafePointer<Self>, _ pivots: UnsafePointer<Int32>,
    _ b: UnsafeMutablePointer<Self>
  ) -> Int32
  /// The Cholesky factor of the symmetric n×n matrix whose lower triangle is in `a`, into that triangle.
  static func lapackPOTRF(_ n: Int, _ a: UnsafeMutablePointer<Self>) -> Int32
  /// The solutions of A·X = B from the factor of `lapackPOTRF`, in place of `b` (n×rightSides).
  static func lapackPOTRS(
    _ n: Int, _ rightSides: Int, _ factor: UnsafePointer<Self>, _ b: UnsafeMutablePointer<Self>
  ) -> Int32
  /// Singular values (descending), U (rows×k) and Vᵀ (k×columns), k = min(rows, columns); destroys `a`.
  static func lapackGESDD(
    _ job: LAPACKJob, _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Self>,
    _ values: UnsafeMutablePointer<Self>, _ u: UnsafeMutablePointer<Self>, _ vTransposed: UnsafeMutablePointer<Self>,
    _ work: LAPACKWorkspace<Self>
  ) -> Int32
}

/// What a factorisation computes.
public enum LAPACKJob: Sendable, Hashable {
  /// Values alone.
  case values
  /// Values and vectors.
  case vectors

  var letter: CChar { self == .values ? CChar(UInt8(ascii: "N")) : CChar(UInt8(ascii: "V")) }
}

/// Scratch memory for a LAPACK routine; a length of −1 asks the routine how much it wants.
public struct LAPACKWorkspace<S> {
  /// Memory for numbers.
  public var reals: UnsafeMutablePointer<S>
  /// Its length.
  public var realCount: Int32
  /// Memory for integers.
  public var integers: UnsafeMutablePointer<Int32>
  /// Its length.
  public var integerCount: Int32
}

private let lowerTriangle = CChar(UInt8(ascii: "L"))
private let thinFactors = CChar(UInt8(ascii: "S"))

extension Float: LAPACKScalar {
  public static func lapackSYEVD(
    _ job: LAPACKJob, _ n: Int, _ a: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>,
    _ work: LAPACKWorkspace<Float>
  ) -> Int32 {
    LAPACKE_ssyevd_work(
      LAPACK_COL_MAJOR, job.letter, lowerTriangle, Int32(n), a, Int32(n), values, work.reals, work.realCount,
      work.integers, work.integerCount)
  }

  public static func lapackSTEVD(
    _ job: LAPACKJob, _ n: Int, _ diagonal: UnsafeMutablePointer<Float>, _ offDiagonal: UnsafeMutablePointer<Float>,
    _ vectors: UnsafeMutablePointer<Float>, _ work: LAPACKWorkspace<Float>
  ) -> Int32 {
    LAPACKE_sstevd_work(
      LAPACK_COL_MAJOR, job.letter, Int32(n), diagonal, offDiagonal, vectors, Int32(n), work.reals, work.realCount,
      work.integers, work.integerCount)
  }

  public static func lapackGELQF(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Float>, _ stride: Int,
    _ reflectors: UnsafeMutablePointer<Float>,
    _ work: LAPACKWorkspace<Float>
  ) -> Int32 {
    LAPACKE_sgelqf_work(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), a, Int32(stride), reflectors, work.reals, work.realCount)
  }

  public static func lapackORGLQ(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Float>, _ stride: Int, _ reflectors: UnsafePointer<Float>,
    _ work: LAPACKWorkspace<Float>
  ) -> Int32 {
    LAPACKE_sorglq_work(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(rows), a, Int32(stride), reflectors, work.reals,
      work.realCount)
  }

  public static func lapackGELSD(
    _ rows: Int, _ columns: Int, _ rightSides: Int, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
    _ singularValues: UnsafeMutablePointer<Float>, _ tolerance: Float, _ rank: inout Int, _ work: LAPACKWorkspace<Float>
  ) -> Int32 {
    var found: Int32 = 0
    let info = LAPACKE_sgelsd_work(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(rightSides), a, Int32(rows), b, Int32(max(rows, columns)),
      singularValues, tolerance, &found, work.reals, work.realCount, work.integers)
    rank = Int(found)
    return info
  }

  public static func lapackGETRF(
    _ n: Int, _ a: UnsafeMutablePointer<Float>, _ pivots: UnsafeMutablePointer<Int32>
  ) -> Int32 {
    LAPACKE_sgetrf_work(LAPACK_COL_MAJOR, Int32(n), Int32(n), a, Int32(n), pivots)
  }

  public static func lapackGETRS(
    _ n: Int, _ rightSides: Int, _ factors: UnsafePointer<Float>, _ pivots: UnsafePointer<Int32>,
    _ b: UnsafeMutablePointer<Float>
  ) -> Int32 {
    LAPACKE_sgetrs_work(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), Int32(n), Int32(rightSides), factors, Int32(n), pivots, b, Int32(n))
  }

  public static func lapackPOTRF(_ n: Int, _ a: UnsafeMutablePointer<Float>) -> Int32 {
    LAPACKE_spotrf_work(LAPACK_COL_MAJOR, lowerTriangle, Int32(n), a, Int32(n))
  }

  public static func lapackPOTRS(
    _ n: Int, _ rightSides: Int, _ factor: UnsafePointer<Float>, _ b: UnsafeMutablePointer<Float>
  ) -> Int32 {
    LAPACKE_spotrs_work(
      LAPACK_COL_MAJOR, lowerTriangle, Int32(n), Int32(rightSides), factor, Int32(n), b, Int32(n))
  }

  public static func lapackGESDD(
    _ job: LAPACKJob, _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Float>,
    _ values: UnsafeMutablePointer<Float>,
    _ u: UnsafeMutablePointer<Float>, _ vTransposed: UnsafeMutablePointer<Float>, _ work: LAPACKWorkspace<Float>
  ) -> Int32 {
    LAPACKE_sgesdd_work(
      LAPACK_COL_MAJOR, job == .vectors ? thinFactors : job.letter, Int32(rows), Int32(columns), a, Int32(rows),
      values, u, Int32(rows), vTransposed, Int32(min(rows, columns)), work.reals, work.realCount, work.integers)
  }
}

extension Double: LAPACKScalar {
  public static func lapackSYEVD(
    _ job: LAPACKJob, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ values: UnsafeMutablePointer<Double>,
    _ work: LAPACKWorkspace<Double>
  ) -> Int32 {
    LAPACKE_dsyevd_work(
      LAPACK_COL_MAJOR, job.letter, lowerTriangle, Int32(n), a, Int32(n), values, work.reals, work.realCount,
      work.integers, work.integerCount)
  }

  public static func lapackSTEVD(
    _ job: LAPACKJob, _ n: Int, _ diagonal: UnsafeMutablePointer<Double>, _ offDiagonal: UnsafeMutablePointer<Double>,
    _ vectors: UnsafeMutablePointer<Double>, _ work: LAPACKWorkspace<Double>
  ) -> Int32 {
    LAPACKE_dstevd_work(
      LAPACK_COL_MAJOR, job.letter, Int32(n), diagonal, offDiagonal, vectors, Int32(n), work.reals, work.realCount,
      work.integers, work.integerCount)
  }

  public static func lapackGELQF(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Double>, _ stride: Int,
    _ reflectors: UnsafeMutablePointer<Double>,
    _ work: LAPACKWorkspace<Double>
  ) -> Int32 {
    LAPACKE_dgelqf_work(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), a, Int32(stride), reflectors, work.reals, work.realCount)
  }

  public static func lapackORGLQ(
    _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Double>, _ stride: Int, _ reflectors: UnsafePointer<Double>,
    _ work: LAPACKWorkspace<Double>
  ) -> Int32 {
    LAPACKE_dorglq_work(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(rows), a, Int32(stride), reflectors, work.reals,
      work.realCount)
  }

  public static func lapackGELSD(
    _ rows: Int, _ columns: Int, _ rightSides: Int, _ a: UnsafeMutablePointer<Double>,
    _ b: UnsafeMutablePointer<Double>,
    _ singularValues: UnsafeMutablePointer<Double>, _ tolerance: Double, _ rank: inout Int,
    _ work: LAPACKWorkspace<Double>
  ) -> Int32 {
    var found: Int32 = 0
    let info = LAPACKE_dgelsd_work(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(rightSides), a, Int32(rows), b, Int32(max(rows, columns)),
      singularValues, tolerance, &found, work.reals, work.realCount, work.integers)
    rank = Int(found)
    return info
  }

  public static func lapackGETRF(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, _ pivots: UnsafeMutablePointer<Int32>
  ) -> Int32 {
    LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, Int32(n), Int32(n), a, Int32(n), pivots)
  }

  public static func lapackGETRS(
    _ n: Int, _ rightSides: Int, _ factors: UnsafePointer<Double>, _ pivots: UnsafePointer<Int32>,
    _ b: UnsafeMutablePointer<Double>
  ) -> Int32 {
    LAPACKE_dgetrs_work(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), Int32(n), Int32(rightSides), factors, Int32(n), pivots, b, Int32(n))
  }

  public static func lapackPOTRF(_ n: Int, _ a: UnsafeMutablePointer<Double>) -> Int32 {
    LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, lowerTriangle, Int32(n), a, Int32(n))
  }

  public static func lapackPOTRS(
    _ n: Int, _ rightSides: Int, _ factor: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>
  ) -> Int32 {
    LAPACKE_dpotrs_work(
      LAPACK_COL_MAJOR, lowerTriangle, Int32(n), Int32(rightSides), factor, Int32(n), b, Int32(n))
  }

  public static func lapackGESDD(
    _ job: LAPACKJob, _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Double>,
    _ values: UnsafeMutablePointer<Double>,
    _ u: UnsafeMutablePointer<Double>, _ vTransposed: UnsafeMutablePointer<Double>, _ work: LAPACKWorkspace<Double>
  ) -> Int32 {
    LAPACKE_dgesdd_work(
      LAPACK_COL_MAJOR, job == .vectors ? thinFactors : job.letter, Int32(rows), Int32(columns), a, Int32(rows),
      values, u, Int32(rows), vTransposed, Int32(min(rows, columns)), work.reals, work.realCount, work.integers)
  }
}
