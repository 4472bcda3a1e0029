/// What can go wrong in an operation that both checks shapes and allocates.
public enum AlgebraError: Error, Equatable, CustomStringConvertible {
  /// Operands do not fit.
  case shape(ShapeError)
  /// Memory could not be had.
  case allocation(AllocationError)
  /// LAPACK reported a failure.
  case lapack(LAPACKError)

  public var description: String {
    switch self {
    case .shape(let error): error.description
    case .allocation(let error): error.description
    case .lapack(let error): error.description
    }
  }
}
