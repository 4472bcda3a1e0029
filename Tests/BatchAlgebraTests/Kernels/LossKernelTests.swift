import BatchAlgebra
import BatchTestSupport
import Glibc
import Testing

@Suite struct LossKernelTests {
  static let shapes = [(1, 1), (1, 10), (3, 2), (5, 9), (4, 17), (2, 64), (0, 3)]

  @Test(arguments: shapes, [1.0, 100, 1e4])
  func softmaxCrossEntropyAgrees(shape: (Int, Int), bound: Double) {
    checkSoftmax(shape, bound, as: Float.self, tolerance: 2e-6)
    checkSoftmax(shape, bound, as: Double.self, tolerance: 1e-14)
  }

  private func checkSoftmax<S: Scalar>(
    _ shape: (rows: Int, classes: Int), _ bound: Double, as type: S.Type, tolerance: Double
  ) {
    let (rows, classes) = shape
    var numbers = TestNumbers(seed: UInt64(rows * 1000 + classes))
    let z: [S] = numbers.uniform(count: rows * classes, bound, as: S.self)
    let labels = (0..<rows).map { _ in Int(numbers.next() % UInt64(classes)) }
    let logits = PaddedMatrix(rows: rows, columns: classes, padding: 3, z)
    let gradient = PaddedMatrix(rows: rows, columns: classes, padding: 5, z)
    let labels32 = labels.map(Int32.init)
    let scale = 0.125
    var correct = -1
    var correctWithoutGradient = -1
    let loss = S.kernelSoftmaxCrossEntropy(
      .underTest, rows, classes, UnsafePointer(logits.baseAddress), logits.rowStride, labels32, 0, S(scale),
      gradient.baseAddress,
      gradient.rowStride, &correct)
    let lossAlone = S.kernelSoftmaxCrossEntropy(
      .underTest, rows, classes, UnsafePointer(logits.baseAddress), logits.rowStride, labels32, 0, S(scale), nil, 0,
      &correctWithoutGradient)
    let expected = NaiveLoss.softmaxCrossEntropy(z.map(Double.init), classes: classes, labels: labels)
    #expect(
      firstMismatch([loss], [expected.total], relative: tolerance, absolute: tolerance * Double(rows) * 2) == nil)
    #expect(firstMismatch([lossAlone], [loss], relative: 1e-6, absolute: tolerance * Double(rows)) == nil)
    #expect(
      firstMismatch(gradient.elements, expected.gradient.map { $0 * scale }, absolute: tolerance * scale) == nil)
    let hits = (0..<rows).count { i in
      let row = z[i * classes..<(i + 1) * classes]
      return row.firstIndex(of: row.max() ?? 0) == i * classes + labels[i]
    }
    #expect(correct == hits && correctWithoutGradient == hits)
    #expect(gradient.paddingIsIntact && logits.elements == z)

    let probabilities = PaddedMatrix(rows: rows, columns: classes, padding: 1, z)
    S.kernelSoftmax(
      .underTest, rows, classes, UnsafePointer(logits.baseAddress), logits.rowStride, probabilities.baseAddress,
      probabilities.rowStride)
    let expectedProbabilities = (0..<rows).flatMap {
      NaiveLoss.softmax(z[$0 * classes..<($0 + 1) * classes].map(Double.init))
    }
    #expect(firstMismatch(probabilities.elements, expectedProbabilities, absolute: tolerance) == nil)
    #expect(probabilities.paddingIsIntact)
  }

  @Test(arguments: shapes, [0.1, 0.5]) func smoothedLossesAgree(shape: (Int, Int), smoothing: Double) {
    checkSmoothed(shape, smoothing, as: Float.self, tolerance: 2e-6)
    checkSmoothed(shape, smoothing, as: Double.self, tolerance: 1e-14)
  }

  /// Smoothing is another target and nothing else: 1 − s at the label and s/K everywhere, or t(1 − s) + s/2.
  private func checkSmoothed<S: Scalar>(
    _ shape: (rows: Int, classes: Int), _ smoothing: Double, as type: S.Type, tolerance: Double
  ) {
    let (rows, classes) = shape
    var numbers = TestNumbers(seed: UInt64(rows * 1000 + classes))
    let z: [S] = numbers.uniform(count: rows * classes, 20, as: S.self)
    let logits = z.map(Double.init)
    let labels = (0..<rows).map { _ in Int(numbers.next() % UInt64(classes)) }
    var gradient = [S](repeating: 0, count: rows * classes)
    var correct = 0
    let loss = S.kernelSoftmaxCrossEntropy(
      .underTest, rows, classes, z, classes, labels.map(Int32.init), smoothing, 0.5, &gradient, classes, &correct)
    var (total, slopes) = (0.0, [Double]())
    for i in 0..<rows {
      let row = Array(logits[i * classes..<(i + 1) * classes])
      let p = NaiveLoss.softmax(row)
      let peak = row.max() ?? 0
      let logSum = peak + log(row.reduce(0) { $0 + exp($1 - peak) })
      for j in 0..<classes {
        let target = (j == labels[i] ? 1 - smoothing : 0) + smoothing / Double(classes)
        total += target * (logSum - row[j])
        slopes.append(0.5 * (p[j] - target))
      }
    }
    #expect(firstMismatch([loss], [total], relative: tolerance * 10, absolute: tolerance) == nil)
    #expect(firstMismatch(gradient, slopes, absolute: tolerance) == nil)

    let t: [S] = (0..<rows * classes).map { S([0, 1, 0.25][$0 % 3]) }
    let binary = S.kernelBinaryCrossEntropy(
      .underTest, rows, classes, z, classes, t, classes, smoothing, 0.5, &gradient, classes)
    let smoothed = t.map { Double($0) * (1 - smoothing) + smoothing / 2 }
    let twin = NaiveLoss.binaryCrossEntropy(logits, targets: smoothed)
    #expect(firstMismatch([binary], [twin.total], relative: 1e-12, absolute: 1e-12) == nil)
    #expect(firstMismatch(gradient, twin.gradient.map { $0 * 0.5 }, absolute: tolerance) == nil)
  }

  @Test func aMaskedClassCostsNothingWithoutSmoothingAndEverythingWith() {
    var correct = 0
    let masked: [Float] = [1, -.infinity]
    #expect(Float.kernelSoftmaxCrossEntropy(.underTest, 1, 2, masked, 2, [0], 0, 1, nil, 0, &correct) == 0)
    #expect(Float.kernelSoftmaxCrossEntropy(.underTest, 1, 2, masked, 2, [0], 0.1, 1, nil, 0, &correct) == .infinity)
  }

  @Test func equalLogitsCostTheLogarithmOfTheClassesAndTheFirstWins() {
    var correct = 0
    let loss = Float.kernelSoftmaxCrossEntropy(
      .underTest, 2, 4, [5, 5, 5, 5, 5, 5, 5, 5], 4, [0, 1], 0, 1, nil, 0, &correct)
    #expect((loss - 2 * log(4)).magnitude < 1e-6)
    #expect(correct == 1)
  }

  @Test func certainAndHopelessPredictions() {
    var correct = 0
    var gradient: [Float] = [9, 9]
    let certain = Float.kernelSoftmaxCrossEntropy(.underTest, 1, 2, [1e4, -1e4], 2, [0], 0, 1, &gradient, 2, &correct)
    #expect(certain == 0 && gradient == [0, 0] && correct == 1)
    let hopeless = Float.kernelSoftmaxCrossEntropy(.underTest, 1, 2, [1e4, -1e4], 2, [1], 0, 1, &gradient, 2, &correct)
    #expect(hopeless == 2e4 && gradient == [1, -1] && correct == 0)
    // A class masked out with −∞ has no probability at all.
    var probabilities: [Float] = [9, 9]
    Float.kernelSoftmax(.underTest, 1, 2, [0, -.infinity], 2, &probabilities, 2)
    #expect(probabilities == [1, 0])
  }

  @Test(arguments: shapes, [1.0, 30, 1e4])
  func binaryCrossEntropyAgrees(shape: (Int, Int), bound: Double) {
    checkBinary(shape, bound, as: Float.self, tolerance: 1e-6)
    checkBinary(shape, bound, as: Double.self, tolerance: 1e-14)
  }

  private func checkBinary<S: Scalar>(
    _ shape: (rows: Int, columns: Int), _ bound: Double, as type: S.Type, tolerance: Double
  ) {
    let (rows, columns) = shape
    var numbers = TestNumbers(seed: UInt64(rows * 1000 + columns))
    let z: [S] = numbers.uniform(count: rows * columns, bound, as: S.self)
    let t: [S] = (0..<rows * columns).map { S([0, 1, 0.25][$0 % 3]) }
    let logits = PaddedMatrix(rows: rows, columns: columns, padding: 3, z)
    let targets = PaddedMatrix(rows: rows, columns: columns, padding: 2, t)
    let gradient = PaddedMatrix(rows: rows, columns: columns, padding: 5, z)
    let loss = S.kernelBinaryCrossEntropy(
      .underTest, rows, columns, UnsafePointer(logits.baseAddress), logits.rowStride,
      UnsafePointer(targets.baseAddress),
      targets.rowStride, 0, 0.5, gradient.baseAddress, gradient.rowStride)
    let lossAlone = S.kernelBinaryCrossEntropy(
      .underTest, rows, columns, UnsafePointer(logits.baseAddress), logits.rowStride,
      UnsafePointer(targets.baseAddress),
      targets.rowStride, 0, 0.5, nil, 0)
    let expected = NaiveLoss.binaryCrossEntropy(z.map(Double.init), targets: t.map(Double.init))
    #expect(
      firstMismatch([loss, lossAlone], [expected.total, expected.total], relative: 1e-12, absolute: 1e-12) == nil)
    #expect(firstMismatch(gradient.elements, expected.gradient.map { $0 * 0.5 }, absolute: tolerance) == nil)
    #expect(gradient.paddingIsIntact)
  }

  @Test(arguments: shapes) func squaredErrorAgrees(shape: (Int, Int)) {
    checkSquaredError(shape, as: Float.self, tolerance: 1e-6)
    checkSquaredError(shape, as: Double.self, tolerance: 1e-14)
  }

  private func checkSquaredError<S: Scalar>(
    _ shape: (rows: Int, columns: Int), as type: S.Type, tolerance: Double
  ) {
    let (rows, columns) = shape
    var numbers = TestNumbers(seed: UInt64(rows * 1000 + columns))
    let y: [S] = numbers.uniform(count: rows * columns, 10, as: S.self)
    let t: [S] = numbers.uniform(count: rows * columns, 10, as: S.self)
    let outputs = PaddedMatrix(rows: rows, columns: columns, padding: 3, y)
    let targets = PaddedMatrix(rows: rows, columns: columns, padding: 2, t)
    let gradient = PaddedMatrix(rows: rows, columns: columns, padding: 5, y)
    let loss = S.kernelSquaredError(
      .underTest, rows, columns, UnsafePointer(outputs.baseAddress), outputs.rowStride,
      UnsafePointer(targets.baseAddress),
      targets.rowStride, 0.5, gradient.baseAddress, gradient.rowStride)
    let lossAlone = S.kernelSquaredError(
      .underTest, rows, columns, UnsafePointer(outputs.baseAddress), outputs.rowStride,
      UnsafePointer(targets.baseAddress),
      targets.rowStride, 0.5, nil, 0)
    let expected = NaiveLoss.squaredError(y.map(Double.init), targets: t.map(Double.init), columns: columns)
    #expect(firstMismatch([loss, lossAlone], [expected.total, expected.total], relative: tolerance) == nil)
    #expect(
      firstMismatch(gradient.elements, expected.gradient.map { $0 * 0.5 }, relative: tolerance, absolute: tolerance)
        == nil)
    #expect(gradient.paddingIsIntact)
  }

  @Test func outputsWithoutColumnsCostNothing() {
    #expect(Float.kernelSquaredError(.underTest, 3, 0, [0], 0, [0], 0, 1, nil, 0) == 0)
  }

  @Test(arguments: [0, 1, 15, 16, 18]) func aNaNShowsInEveryLossAndCountsAsWrong(place: Int) {
    check(as: Float.self)
    check(as: Double.self)

    func check<S: Scalar>(as type: S.Type) {
      var z = [S](repeating: 1, count: 19)
      z[place] = .nan
      let zeros = [S](repeating: 0, count: 19)
      var gradient = zeros
      // The label is where a search for the largest would end up: at the NaN in front, or at the first number.
      var correct = -1
      #expect(S.kernelSoftmaxCrossEntropy(.underTest, 1, 19, z, 19, [0], 0, 1, nil, 0, &correct).isNaN && correct == 0)
      #expect(
        S.kernelSoftmaxCrossEntropy(.underTest, 1, 19, z, 19, [0], 0, 1, &gradient, 19, &correct).isNaN && correct == 0)
      #expect(gradient.allSatisfy { $0.isNaN })
      gradient = zeros
      #expect(S.kernelBinaryCrossEntropy(.underTest, 1, 19, z, 19, zeros, 19, 0, 1, &gradient, 19).isNaN)
      #expect(gradient.indices.allSatisfy { gradient[$0].isNaN == ($0 == place) })
      gradient = zeros
      #expect(S.kernelSquaredError(.underTest, 1, 19, z, 19, zeros, 19, 1, &gradient, 19).isNaN)
      #expect(gradient.indices.allSatisfy { gradient[$0].isNaN == ($0 == place) })
      S.kernelSoftmax(.underTest, 1, 19, z, 19, &gradient, 19)
      #expect(gradient.allSatisfy { $0.isNaN })
    }
  }
}
