import Testing

@testable import BatchAlgebra

@Suite struct LAPACKErrorTests {
  private func call(minimum: Int = 1, _ info: @escaping (LAPACKWorkspace<Double>) -> Int32) throws {
    try callLAPACK(
      "test operation", routine: "syevd", minimum: WorkspaceMinimum(reals: minimum), meaning: "did not converge", info)
  }

  @Test func positiveInfoSaysWhatItMeans() {
    let error = #expect(throws: AlgebraError.self) { try call { $0.realCount == -1 ? 0 : 7 } }
    #expect(error == .lapack(LAPACKError(routine: "syevd", info: 7, meaning: "did not converge")))
    #expect(error?.description == "LAPACK syevd: did not converge (info 7)")
  }

  @Test func negativeInfoNamesTheArgument() {
    let error = #expect(throws: AlgebraError.self) { try call { _ in -4 } }
    #expect(
      error?.description
        == "LAPACK syevd refused its argument 4 (info -4), which this package should never pass; check that LAPACK and "
        + "LAPACKE are of one build (32-bit integers), and report it with the matrix's shape")
  }

  @Test func workspaceBeyondLAPACKsIntegersIsRefused() {
    let error = #expect(throws: AlgebraError.self) { try call(minimum: 1 << 31) { _ in 0 } }
    #expect(
      error?.description
        == "test operation (its workspace): a side or row stride of 2147483648 exceeds 2147483647, the most that BLAS "
        + "and LAPACK can index; cut the matrix into blocks")
  }

  @Test func workspaceIsAtLeastTheMinimumAndWhatWasAskedFor() throws {
    for (minimum, wanted) in [(10, 3), (3, 10)] {
      try call(minimum: minimum) { workspace in
        if workspace.realCount == -1 {
          workspace.reals.pointee = Double(wanted)
        } else {
          #expect(workspace.realCount >= 10 && workspace.integerCount >= 1)
        }
        return 0
      }
    }
  }
}
