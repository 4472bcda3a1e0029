import BatchAlgebra
import CBatchKernels

extension InstructionSet {
  /// The set as the kernels know it.
  private var kernels: bk_instruction_set {
    switch self {
    case .portable: BK_PORTABLE
    case .avx2: BK_AVX2
    case .avx512: BK_AVX512
    }
  }

  /// The kernels of single precision.
  var singleKernels: bk_kernels { bk_kernel_table(kernels, BK_FLOAT)!.pointee }
  /// The kernels of double precision.
  var doubleKernels: bk_kernels { bk_kernel_table(kernels, BK_DOUBLE)!.pointee }
}
