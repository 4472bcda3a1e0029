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

  /// The kernels of single precision, in use or not.
  var singleKernels: bk_kernels_f32 { bk_f32(kernels).pointee }
  /// The kernels of double precision, in use or not.
  var doubleKernels: bk_kernels_f64 { bk_f64(kernels).pointee }
}
