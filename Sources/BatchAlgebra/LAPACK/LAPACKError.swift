/// A failure that LAPACK reported through its `info` value.
public struct LAPACKError: Error, Equatable, CustomStringConvertible {
  /// The routine, such as `syevd`.
  public var routine: String
  /// LAPACK's `info`: negative for a bad argument, positive for a numerical failure.
  public var info: Int
  /// What a positive `info` means for this routine.
  public var meaning: String

  public var description: String {
    info < 0 ? "\(routine): argument \(-info) has an illegal value or holds a NaN" : "\(routine): \(meaning)"
  }
}
