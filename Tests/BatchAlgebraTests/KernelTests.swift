import BatchAlgebra
import BatchData
import BatchTestSupport
import CBatchKernels
import Glibc
import Testing

/// The vectorised kernels against their definitions in double precision.
@Suite struct KernelTests {
  static let activations: [(bk_activation, @Sendable (Double) -> Double)] = [
    (BK_IDENTITY, { $0 }), (BK_RELU, { max($0, 0) }), (BK_TANH, { tanh($0) }), (BK_SIGMOID, { 1 / (1 + exp(-$0)) }),
    (BK_GELU, { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }),
  ]

  /// Tiny, ordinary and huge arguments, at a length that no vector divides.
  private let arguments: [Float] =
    (-400...400).map { Float($0) / 20 } + [1e-30, -1e-30, 1e-6, -3e-4, 88, -88, 1000, -1000, 0]

  @Test(arguments: activations.indices)
  func activationsAreAccurate(_ index: Int) {
    let (kernel, function) = Self.activations[index]
    var y = arguments
    let bias = [Float](repeating: 0, count: y.count)
    Float.kernelBiasActivation(kernel, 1, y.count, &y, y.count, bias, nil, 0)
    for (value, argument) in zip(y, arguments) {
      let expected = function(Double(argument))
      // GELU's tail falls as e^(−x²/2): rounding x in single precision changes it by a share of x²·2⁻²⁴.
      let share = 4e-7 + (kernel == BK_GELU ? 1.2e-7 * Double(argument * argument) : 0)
      #expect(abs(Double(value) - expected) <= share * abs(expected) + 1e-37, "f(\(argument)) = \(value)")
    }
  }

  @Test(arguments: activations.indices)
  func activationsPassNaNOn(_ index: Int) {
    var y = [Float](repeating: .nan, count: 9)
    Float.kernelBiasActivation(Self.activations[index].0, 1, 9, &y, 9, [Float](repeating: 0, count: 9), nil, 0)
    #expect(y.allSatisfy { $0.isNaN })
  }

  @Test(arguments: [(1, 1), (5, 3), (7, 17), (64, 33)])
  func columnSumsAndBias(_ rows: Int, _ columns: Int) throws {
    let x = try TestMatrix<Float>(rows: rows, columns: columns, padding: 2, seed: 1)
    var sums = [Float](repeating: .nan, count: columns)
    Float.kernelColumnSums(rows, columns, x.view.baseAddress, x.view.rowStride, &sums)
    let expected = (0..<columns).map { j in (0..<rows).reduce(0.0) { $0 + Double(x.view[$1, j]) } }
    #expect(largestError(sums.map(Double.init), expected) < 1e-5)

    let before = x.elements
    Float.kernelBiasActivation(BK_IDENTITY, rows, columns, x.mutableView.baseAddress, x.view.rowStride, sums, nil, 0)
    let shifted = before.enumerated().map { $1 + Double(sums[$0 % columns]) }
    #expect(largestError(x.elements, shifted) < 1e-6)
    #expect(x.isIntactOutside)
  }

  @Test func softmaxSurvivesHugeLogits() {
    let logits: [Float] = [1e4, 0, -1e4, 1e4, 1e4, 1e4]
    var probabilities = [Float](repeating: .nan, count: 6)
    Float.kernelSoftmax(2, 3, logits, 3, &probabilities, 3)
    #expect(largestError(probabilities.map(Double.init), [1, 0, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3]) < 1e-6)
  }

  @Test func lossAloneEqualsLossWithGradient() throws {
    let logits = try TestMatrix<Float>(rows: 13, columns: 10, seed: 2)
    let labels = (0..<13).map { Int32($0 % 10) }
    var gradient = [Float](repeating: .nan, count: 130)
    var (correct, correctAlone) = (0, 0)
    let loss = Float.kernelSoftmaxCrossEntropy(
      13, 10, logits.view.baseAddress, 10, labels, 1, &gradient, 10, &correct)
    let alone = Float.kernelSoftmaxCrossEntropy(13, 10, logits.view.baseAddress, 10, labels, 1, nil, 0, &correctAlone)
    #expect(abs(loss - alone) < 1e-5 && correct == correctAlone)
    // Each row's gradient is a difference of two distributions.
    for row in 0..<13 { #expect(abs(gradient[row * 10..<row * 10 + 10].reduce(0, +)) < 1e-6) }
  }
}
