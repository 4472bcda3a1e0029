import Batchwise
import Testing

@testable import BatchwiseCLI

@Suite struct ExitStatusTests {
  static let allocation = AllocationError(byteCount: 3 << 20)

  /// Memory that could not be had is no fault of the command line, however many layers carry the error up.
  @Test(
    "A failed allocation ends the tool as a failure",
    arguments: [
      allocation, ModelError.allocation(allocation), TrainingError.model(.allocation(allocation)),
      StudyError.training(.model(.allocation(allocation))), AlgebraError.allocation(allocation),
      CheckpointError.memory(allocation), GEMMProfileError.allocation(allocation),
      StepProfileError.model(.allocation(allocation)),
      TrainingError.data(DataError(.outOfMemory, "no memory", hint: "take less")),
    ] as [any DiagnosticError])
  func memory(_ error: any DiagnosticError) {
    #expect(error.category == .outOfMemory)
    #expect(ExitStatus(error.category) == .failure)
  }

  @Test func everyCategoryHasItsStatus() {
    let statuses = Diagnosis.Category.allCases.map { ExitStatus($0).rawValue }
    #expect(
      zip(Diagnosis.Category.allCases, statuses).map { "\($0) \($1)" } == [
        "usage 64", "badData 65", "missingFile 65", "outOfMemory 1", "system 1", "numerical 1", "interrupted 130",
      ])
  }

  /// Of the settings that a hint speaks of, only those are named that the command has options for.
  @Test func hintsNameTheOptionsOfTheCommand() throws {
    let tool = try CommandDescription.tool
    let error = StudyError.runExists(folder: "r")
    let hint = "r holds a run already; resume it, or give this one a folder of its own"
    func message(_ line: String...) -> String {
      error.diagnosis.message(for: tool.command(for: line).description)
    }
    #expect(message("train") == "\(hint) (--resume, --output)")
    #expect(message("study", "sweep") == "\(hint) (--output)")
    #expect(message("report") == hint)
    #expect(error.diagnosis.message(for: nil) == hint && error.description == hint)
  }
}
