public import BatchAlgebra
public import BatchFoundation

/// A profile of products that cannot be made.
public enum GEMMProfileError: DiagnosticError, Equatable {
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

  public var diagnosis: Diagnosis {
    switch self {
    case .empty(let part): Diagnosis(.usage, "nothing to time: there are no \(part)", hint: "name at least one")
    case .memory(let needed, let available, let largest):
      Diagnosis(
        .outOfMemory,
        "the operands need \(needed >> 20) MiB and \(available >> 20) MiB are available, so nothing was allocated",
        hint: "the largest is \(largest): time smaller batches or layers, or fewer engines")
    case .library(let error): error.diagnosis
    case .ceilings(let error): error.diagnosis
    case .threads(let error): error.diagnosis
    case .allocation(let error): error.diagnosis
    case .noUsableEngine(let reasons):
      Diagnosis(.system, "no engine computes what it should: \(reasons.joined(separator: "; "))")
    }
  }
}
