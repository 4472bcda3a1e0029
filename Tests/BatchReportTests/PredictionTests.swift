import BatchAlgebra
import BatchData
import BatchFormats
import BatchReport
import BatchTestSupport
import Testing

@testable import BatchTraining

/// Predictions of a network whose outputs are no numbers for one of the examples.
@Suite struct PredictionTests {
  private let predictions = Result {
    LabelledPredictions(
      predictions: try Matrix<Float>(rows: 3, columns: 2, [0.75, 0.25, 0.5, 0.5, .nan, .nan]), classes: [0, 1, nil])
  }

  private func examples() throws -> Dataset {
    try Dataset(
      name: "three", features: Matrix(rows: 3, columns: 1), targets: .classes(labels: [0, 1, 1], names: ["a", "b"]))
  }

  /// The labels are those given, and not what the probabilities look like.
  @Test func anExampleOfNoClassHasNoLabel() throws {
    let file = PredictionFile(try predictions.get(), classNames: ["a", "b"], targets: try examples().targets)
    #expect(file.csv == "example,label,target,a,b\n0,a,a,0.75,0.25\n1,b,b,0.5,0.5\n2,,b,nan,nan\n")
    let folder = TemporaryFolder()
    let archive = try NPZ(path: folder.write(file.bytes(.npz), to: "p.npz"))
    #expect(try archive.array("labels").elements(as: Int64.self) == [0, 1, -1])
    let values = PredictionFile(try predictions.get(), classNames: nil, targets: nil)
    #expect(values.csv.hasPrefix("example,output 0,output 1\n0,0.75,0.25\n"))
  }

  @Test func anExampleOfNoClassIsNotFound() throws {
    let result = LossResult(total: 3, correct: 2, examples: 3)
    let table = EvaluationTable.table(result, classes: try predictions.get().classes, examples: try examples())
    let lines = table.rendered(as: .csv).split(separator: "\n")
    #expect(lines.dropFirst(2) == ["a,1,,,1,1", "b,2,,,0.5,1"])
  }
}
