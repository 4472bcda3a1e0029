public import BatchAlgebra
import Glibc

extension InstructionSet {
  /// What tests compute with: the widest set, or in a variant of the tests the one that `BATCHWISE_ISA` names.
  public static let underTest: InstructionSet = {
    guard let name = variable("BATCHWISE_ISA") else { return .widest }
    guard let set = InstructionSet(rawValue: name), set.isSupported else { fatalError("no tests with \(name)") }
    return set
  }()
}

extension GEMMEngine {
  /// What computes products in tests: `auto`, or in a variant of the tests the engine that `BATCHWISE_GEMM` names.
  public static let underTest: GEMMEngine = {
    guard let name = variable("BATCHWISE_GEMM") else { return .auto }
    guard let engine = GEMMEngine(rawValue: name) else { fatalError("no tests with \(name)") }
    return engine
  }()
}

extension ComputeContext {
  /// What tests compute with, as far as a test does not say it itself.
  public static func test<S: Scalar>(
    _ scalar: S.Type, threads: Int = 2, engine: GEMMEngine = .underTest, instructionSet: InstructionSet = .underTest,
    thresholds: GEMMThresholds? = nil
  ) -> ComputeContext {
    ComputeContext(
      instructionSet: instructionSet, engine: engine, thresholds: thresholds, threads: threads, precision: S.precision)
  }
}

private func variable(_ name: String) -> String? {
  guard let text = getenv(name), text.pointee != 0 else { return nil }
  return String(cString: text)
}
