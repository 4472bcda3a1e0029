public import CBatchKernels

/// The instructions that the kernels are compiled for.
public enum InstructionSet: String, Sendable, Hashable, CaseIterable, Codable {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on AArch64.
  case portable
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, BW, CD, DQ and VL.
  case avx512

  /// The sets that this processor runs, the narrowest first.
  public static let supported = allCases.filter(\.isSupported)

  /// The widest set that this processor runs.
  public static let widest = supported[supported.count - 1]

  /// Whether this processor runs it.
  public var isSupported: Bool { bk_supports(kernel) != 0 }

  /// The set as the kernels know it.
  @inlinable
  var kernel: bk_instruction_set {
    switch self {
    case .portable: BK_PORTABLE
    case .avx2: BK_AVX2
    case .avx512: BK_AVX512
    }
  }
}
