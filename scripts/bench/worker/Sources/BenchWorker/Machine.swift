import BatchAlgebra
import Glibc

/// What the benchmarks compute with: the environment's wishes, and no tuning, so that machines can be compared.
enum Machine {
  /// The context of a precision; BATCHWISE_ISA and BATCHWISE_GEMM force instruction set and engine.
  static func context<S: Scalar>(_ scalar: S.Type, threads: Int) -> ComputeContext {
    ComputeContext(
      instructionSet: variable("BATCHWISE_ISA").flatMap(InstructionSet.init) ?? .widest,
      engine: variable("BATCHWISE_GEMM").flatMap(GEMMEngine.init) ?? .auto, threads: threads, precision: S.precision)
  }

  private static func variable(_ name: String) -> String? {
    guard let text = getenv(name), text.pointee != 0 else { return nil }
    return String(cString: text)
  }
}
