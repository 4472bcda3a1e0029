/// A factorisation that LAPACK refused or could not finish.
public struct LAPACKError: Error, Equatable, CustomStringConvertible {
  /// The routine, such as `syevd`.
  public var routine: String
  /// LAPACK's `info`: negative for a bad argument, positive for a numerical failure.
  public var info: Int
  /// What went wrong, and the mend.
  public var meaning: String

  public var description: String { "\(routine): \(meaning) (info \(info))" }
}
