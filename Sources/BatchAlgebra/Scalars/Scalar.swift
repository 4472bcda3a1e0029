/// A number type that the engine computes in: `Float` for work, `Double` for checking.
///
/// The requirements of the refined protocols bind a scalar to the BLAS and LAPACK routines of its precision.
/// They are called by this package's libraries; other types are not meant to conform.
public protocol Scalar: BinaryFloatingPoint, BitwiseCopyable, Sendable, BLASScalar, LAPACKScalar
where RawSignificand: FixedWidthInteger {
  /// The name written to files: `f32` or `f64`.
  static var precisionName: String { get }
  /// The precision of the type.
  static var precision: Precision { get }
}

extension Float: Scalar {
  public static var precisionName: String { "f32" }
  public static var precision: Precision { .float }
}

extension Double: Scalar {
  public static var precisionName: String { "f64" }
  public static var precision: Precision { .double }
}
