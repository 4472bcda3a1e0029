public import BatchFoundation
import CBatchKernels

/// The instructions that the kernels are compiled for.
public enum InstructionSet: String, Sendable, Hashable, CaseIterable, Codable {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on AArch64.
  case portable
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, BW, CD, DQ and VL.
  case avx512

  /// The set in use: the widest this processor runs, or the one that the environment variable `BATCHWISE_ISA` names.
  public static let active = InstructionSet(bk_active_instruction_set())

  /// The sets that this processor runs, the narrowest first.
  public static let supported = allCases.filter { bk_supports($0.kernel) != 0 }

  /// Checks that `BATCHWISE_ISA`, where it is set, names a set that this processor runs.
  ///
  /// - Throws: ``InstructionSetError`` when it does not; the widest set is then in use.
  public static func requireUsable() throws(InstructionSetError) {
    guard let rejected = bk_rejected_instruction_set() else { return }
    throw InstructionSetError(name: String(cString: rejected))
  }

  private init(_ kernel: bk_instruction_set) {
    self =
      switch kernel {
      case BK_AVX512: .avx512
      case BK_AVX2: .avx2
      default: .portable
      }
  }

  var kernel: bk_instruction_set {
    switch self {
    case .portable: BK_PORTABLE
    case .avx2: BK_AVX2
    case .avx512: BK_AVX512
    }
  }
}

/// An instruction set that was asked for and cannot be had.
public struct InstructionSetError: DiagnosticError, Equatable {
  /// What `BATCHWISE_ISA` says.
  public var name: String

  public var diagnosis: Diagnosis {
    let sets = InstructionSet.supported.map(\.rawValue).joined(separator: ", ")
    return Diagnosis(
      .usage, "BATCHWISE_ISA=\(name): this processor runs \(sets)",
      hint: "name one of these, or unset the variable")
  }
}
