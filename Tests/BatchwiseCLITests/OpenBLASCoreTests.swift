import BatchAlgebra
import Foundation
import Testing

/// The tool against a library that does not know the processor; where it does, nothing must change.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] == nil)) struct OpenBLASCoreTests {
  /// What OpenBLAS chooses by itself: nobody has started the tests again.
  private let own = OpenBLASCore.current

  private func core(_ environment: [String: String] = [:]) throws -> (text: String?, run: Tool.Outcome) {
    let run = try Tool.run(["doctor", "--format", "json"], environment: environment)
    let rows = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
    let values = rows?.first { $0.values.contains { $0 as? String == "OpenBLAS core" } }?.values
    return (values?.compactMap { $0 as? String }.first { $0 != "OpenBLAS core" }, run)
  }

  @Test func theToolAsksForTheKernelsThatFit() throws {
    let (text, run) = try core()
    guard let better = own.betterName else {
      #expect(text == own.name)
      return
    }
    #expect(text?.hasPrefix("\(better), asked for: OpenBLAS \(own.version) takes this processor for") == true)
    #expect(text?.hasSuffix(" \(own.name)") == true && !run.notes.contains("Warning: "))
  }

  @Test func argumentsStayAsTheyAre() throws {
    let run = try Tool.run("data", "inspect", "--data", "/nowhere/ä b\t'c\".csv")
    // A note shows the tab as JSON writes it.
    #expect(run.status == 65 && run.notes.contains(#"/nowhere/ä b\t'c".csv: cannot be read"#))
  }

  @Test func whatTheUserAsksForStaysAndIsWarnedOf() throws {
    let (text, run) = try core(["OPENBLAS_CORETYPE": "Prescott"])
    // A build for one family alone does not listen.
    guard text == "Prescott, as OPENBLAS_CORETYPE asks", InstructionSet.supported != [.portable] else { return }
    #expect(run.notes.contains("Warning: OpenBLAS \(own.version) uses its Prescott kernels"))
    #expect(run.notes.contains("OPENBLAS_CORETYPE=Prescott asks for that, so set it to "))
  }
}
