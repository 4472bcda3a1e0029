import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchTraining

@Suite struct LossTests {
  @Test(arguments: LossReference.names)
  func equalsPyTorch(_ name: String, _ loss: any Loss) throws {
    let reference = try Fixture.load("loss_\(name)", as: LossReference.self)
    #expect(try reference.difference(loss, as: Double.self) < LossReference.tolerance.double)
    #expect(try reference.difference(loss, as: Float.self) < LossReference.tolerance.float)
  }

  @Test(arguments: NamedLoss.known, [0, 0.3])
  func gradientIsTheDerivativeOfTheMean(_ loss: any Loss, smoothing: Double) {
    var stream = RandomStream(seed: 3, name: "test")
    let outputs = (0..<5).map { _ in (0..<4).map { _ in 2 * stream.normal() } }
    let labels: [Int32] = [0, 3, 1, 1, 2]
    let values = (0..<5).map { _ in (0..<4).map { _ in stream.uniform() } }
    let result = evaluate(loss, outputs, labels: labels, values: values, smoothing: smoothing)
    let expected = finiteDifferences(at: outputs.flat) { moved in
      evaluate(
        loss, (0..<5).map { Array(moved[$0 * 4..<$0 * 4 + 4]) }, labels: labels, values: values, smoothing: smoothing
      ).loss
    }
    #expect(largestError(result.gradient, expected) < 1e-7)
  }

  @Test func countsWhatIsPredictedRight() {
    #expect(evaluate(.softmaxCrossEntropy, [[1, 2], [3, 0], [0, 1]], labels: [1, 1, 1], values: nil).correct == 2)
    #expect(
      evaluate(.binaryCrossEntropy, [[-1], [2], [0.1]], labels: [0, 1, 0], values: [[0], [1], [0]]).correct == 2)
    #expect(
      evaluate(.meanSquaredError, [[0.4], [0.6], [0.6]], labels: [0, 1, 0], values: [[0], [1], [0]]).correct == 2)
  }

  /// A loss that is no number must stay one, or a diverged run would look well.
  @Test(arguments: NamedLoss.known)
  func passesNaNOn(_ loss: any Loss) {
    for row in [[Double.nan, 1], [1, .nan], [.nan, .nan]] {
      for label in [0, 1] as [Int32] {
        let target = [Double(1 - label), Double(label)]
        let result = evaluate(loss, [row, [0, 1]], labels: [label, 1], values: [target, [0, 1]])
        #expect(result.loss.isNaN && result.correct == 1, "\(row), \(label)")
      }
    }
  }

  private func evaluate(
    _ loss: any Loss, _ outputs: [[Double]], labels: [Int32]?, values: [[Double]]?, smoothing: Double = 0
  ) -> (loss: Double, gradient: [Double], correct: Int) {
    let (rows, columns) = (outputs.count, outputs[0].count)
    var gradient = [Double](repeating: .nan, count: rows * columns)
    let flatOutputs = outputs.flat
    let flatValues = values?.flat ?? []
    let result = flatOutputs.withUnsafeBufferPointer { y in
      gradient.withUnsafeMutableBufferPointer { dy in
        flatValues.withUnsafeBufferPointer { t in
          (labels ?? []).withUnsafeBufferPointer { l in
            let pass = LossPass(
              outputs: MatrixView(y.baseAddress!, rows: rows, columns: columns),
              labels: labels == nil ? nil : l.baseAddress!,
              values: values == nil ? nil : MatrixView(t.baseAddress!, rows: rows, columns: columns),
              smoothing: smoothing, scale: 1 / Double(rows),
              gradient: MutableMatrixView(dy.baseAddress!, rows: rows, columns: columns), context: .test(Double.self))
            let sums = loss.evaluate(pass)
            return (total: sums.total, correct: sums.correct ?? pass.countCorrect(loss))
          }
        }
      }
    }
    return (result.total / Double(rows), gradient, result.correct)
  }
}
