extension MachineEnvironment {
  /// What bears on a timing and differs in another environment, each as `name: this → other`.
  public func differences(from other: MachineEnvironment) -> [String] {
    let facts: [(name: String, this: String, other: String)] = [
      ("version", version, other.version), ("processor", processor, other.processor),
      ("processors", "\(processors)", "\(other.processors)"),
      ("instruction set", instructionSet, other.instructionSet), ("products", gemmEngine, other.gemmEngine),
      ("system", system, other.system), ("OpenBLAS", blas, other.blas), ("OpenBLAS core", blasCore, other.blasCore),
    ]
    return facts.filter { $0.this != $0.other }.map { "\($0.name): \($0.this) → \($0.other)" }
  }
}
