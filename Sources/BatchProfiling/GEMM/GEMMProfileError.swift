public import BatchAlgebra

/// A profile of products that cannot be made.
public enum GEMMProfileError: Error, Equatable, CustomStringConvertible {
  /// A part of the plan has no members: nothing would be timed.
  case empty(String)
  /// The operands would not fit into memory.
  case memory(needed: Int, available: Int, largest: String)
  /// A library cannot be loaded.
  case library(CBLASFileError)
  /// The ceilings of the machine cannot be measured.
  case ceilings(MachineCeilingsError)
  /// A thread team cannot be had.
  case threads(ThreadTeamError)
  /// Memory that seemed to be there was not.
  case allocation(AllocationError)
  /// No engine is left that computes what it should.
  case noUsableEngine(reasons: [String])

  public var description: String {
    switch self {
    case .empty(let part): "nothing to time: there are no \(part); name at least one"
    case .memory(let needed, let available, let largest):
      "the operands need \(needed >> 20) MiB and \(available >> 20) MiB are available, so nothing was allocated; "
        + "the largest is \(largest): time smaller batches or layers, or fewer engines"
    case .library(let error): error.description
    case .ceilings(let error): error.description
    case .threads(let error): error.description
    case .allocation(let error): error.description
    case .noUsableEngine(let reasons): "no engine computes what it should: \(reasons.joined(separator: "; "))"
    }
  }
}
