public import BatchFoundation

/// What can go wrong in an operation that checks its operands, allocates and may call LAPACK.
public enum AlgebraError: DiagnosticError, Equatable {
  /// Operands do not fit.
  case shape(ShapeError)
  /// Memory could not be had.
  case allocation(AllocationError)
  /// An operand holds a NaN or an infinity.
  case notFinite(NotFiniteError)
  /// LAPACK reported a failure.
  case lapack(LAPACKError)

  public var diagnosis: Diagnosis {
    switch self {
    case .shape(let error): error.diagnosis
    case .allocation(let error): error.diagnosis
    case .notFinite(let error): error.diagnosis
    case .lapack(let error): error.diagnosis
    }
  }
}

/// Runs `body`, and reports memory that could not be had as an ``AlgebraError``.
func allocating<R>(_ body: () throws(AllocationError) -> R) throws(AlgebraError) -> R {
  do throws(AllocationError) {
    return try body()
  } catch {
    throw .allocation(error)
  }
}

/// Runs `body`, and reports operands that do not fit as an ``AlgebraError``.
func fitting<R>(_ body: () throws(ShapeError) -> R) throws(AlgebraError) -> R {
  do throws(ShapeError) {
    return try body()
  } catch {
    throw .shape(error)
  }
}
