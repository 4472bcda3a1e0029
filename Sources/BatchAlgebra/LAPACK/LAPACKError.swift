public import BatchFoundation

/// A failure that LAPACK reported through its `info` value.
public struct LAPACKError: DiagnosticError, Equatable {
  /// The routine, such as `syevd`.
  public var routine: String
  /// LAPACK's `info`: negative for a bad argument, positive for a numerical failure.
  public var info: Int
  /// What a positive `info` means for this routine, and what to do about it.
  public var meaning: String

  /// A failure of `routine`.
  public init(routine: String, info: Int, meaning: String) {
    self.routine = routine
    self.info = info
    self.meaning = meaning
  }

  public var diagnosis: Diagnosis {
    info < 0
      ? Diagnosis(
        .system,
        "LAPACK \(routine) refused its argument \(-info) (info \(info)), which this package should never pass",
        hint: "check that LAPACK and LAPACKE are of one build (32-bit integers), and report it with the matrix's shape")
      : Diagnosis(.numerical, "LAPACK \(routine): \(meaning) (info \(info))")
  }
}
