public import CBatchKernels

/// The floating-point type that a network computes in.
public enum Precision: String, Sendable, Hashable, CaseIterable, Codable {
  /// Single precision, `Float`.
  case float
  /// Double precision, `Double`.
  case double

  /// The bytes of a number.
  public var byteCount: Int { self == .float ? 4 : 8 }

  /// The precision as the kernels know it.
  @inlinable
  var kernel: bk_precision { self == .float ? BK_FLOAT : BK_DOUBLE }
}
