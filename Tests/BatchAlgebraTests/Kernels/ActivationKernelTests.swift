import BatchAlgebra
import BatchTestSupport
import CBatchKernels
import Glibc
import Testing

extension NaiveActivation {
  /// The kernel that this is the twin of.
  fileprivate var kernel: bk_activation {
    switch self {
    case .identity: BK_IDENTITY
    case .relu: BK_RELU
    case .tanh: BK_TANH
    case .sigmoid: BK_SIGMOID
    case .gelu: BK_GELU
    }
  }
}

@Suite struct ActivationKernelTests {
  static let shapes = [(1, 1), (1, 7), (3, 8), (5, 9), (2, 64), (7, 67), (0, 5), (5, 0)]

  @Test(arguments: NaiveActivation.allCases, shapes)
  func forwardAndBackwardAgreeWithClosedForms(activation: NaiveActivation, shape: (Int, Int)) {
    check(activation, shape, as: Float.self, tolerance: 2e-6)
    check(activation, shape, as: Double.self, tolerance: 2e-14)
  }

  private func check<S: Scalar>(
    _ activation: NaiveActivation, _ shape: (rows: Int, columns: Int), as type: S.Type, tolerance: Double
  ) {
    let (rows, columns) = shape
    var numbers = TestNumbers(seed: UInt64(rows * 100 + columns))
    let x: [S] = numbers.uniform(count: rows * columns, 4, as: S.self)
    let bias: [S] = numbers.uniform(count: columns, as: S.self)
    let upstream: [S] = numbers.uniform(count: rows * columns, as: S.self)
    // The sum as the kernel forms it, rounded to the type: what follows is then compared alone.
    let sums = x.indices.map { x[$0] + bias[$0 % columns] }
    let y = PaddedMatrix(rows: rows, columns: columns, padding: 3, x)
    let preactivation = PaddedMatrix(rows: rows, columns: columns, padding: 5, x)
    let withoutPreactivation = PaddedMatrix(rows: rows, columns: columns, padding: 1, x)
    bias.withUnsafeBufferPointer { bias in
      guard let bias = bias.baseAddress else { return }
      S.kernelBiasActivation(
        .underTest, activation.kernel, rows, columns, y.baseAddress, y.rowStride, bias, preactivation.baseAddress,
        preactivation.rowStride)
      S.kernelBiasActivation(
        .underTest, activation.kernel, rows, columns, withoutPreactivation.baseAddress, withoutPreactivation.rowStride,
        bias, nil,
        0)
      #expect(preactivation.elements == sums)
    }
    guard columns > 0 else { return }
    #expect(
      firstMismatch(
        y.elements, sums.map { activation.value(Double($0)) }, relative: tolerance, absolute: tolerance / 100) == nil)
    #expect(withoutPreactivation.elements == y.elements)
    #expect(y.paddingIsIntact && preactivation.paddingIsIntact && withoutPreactivation.paddingIsIntact)

    let gradient = PaddedMatrix(rows: rows, columns: columns, padding: 2, upstream)
    let saved = activation == .gelu ? preactivation : y
    S.kernelActivationBackward(
      .underTest, activation.kernel, rows, columns, gradient.baseAddress, gradient.rowStride,
      UnsafePointer(saved.baseAddress),
      saved.rowStride, nil)
    let expected = upstream.indices.map { Double(upstream[$0]) * activation.derivative(Double(sums[$0])) }
    #expect(firstMismatch(gradient.elements, expected, relative: tolerance, absolute: tolerance) == nil)
    #expect(gradient.paddingIsIntact)
  }

  /// The kernel's f(x) for a row of numbers.
  private func apply<S: Scalar>(_ activation: NaiveActivation, _ x: [S]) -> [S] {
    var y = x
    let bias = [S](repeating: 0, count: x.count)
    S.kernelBiasActivation(.underTest, activation.kernel, 1, x.count, &y, x.count, bias, nil, 0)
    return y
  }

  @Test func sigmoidIsAccurateOverTheWholeRange() {
    // e⁻ˣ to 2 ulp, the sum and the quotient to half of one each; below −87.3 the result is 0 where e⁻ˣ overflows.
    let x = stride(from: Float(-87), through: 100, by: 0.0037).map { $0 }
    let worst = zip(apply(.sigmoid, x), x).map { ulps($0, from: 1 / (1 + exp(-Double($1)))) }.max() ?? .infinity
    #expect(worst <= 3.5)
    #expect(apply(.sigmoid, [Float(-1e4), -89, 89, 1e4, -.infinity, .infinity]) == [0, 0, 1, 1, 0, 1])
  }

  @Test func tanhIsAccurateOverTheWholeRange() {
    var x = stride(from: Float(-12), through: 12, by: 0.000_91).map { $0 }
    x += stride(from: Float(-37), through: 0, by: 0.5).map { exp2($0) }
    let worst = zip(apply(.tanh, x), x).map { ulps($0, from: tanh(Double($1))) }.max() ?? .infinity
    #expect(worst <= 3)
    #expect(
      apply(.tanh, [Float(-1e4), 1e4, -.infinity, .infinity, 0, .leastNonzeroMagnitude]) == [
        -1, 1, -1, 1, 0, .leastNonzeroMagnitude,
      ])
  }

  @Test func geluKeepsItsLeftTail() {
    let x = stride(from: Float(-12), through: 12, by: 0.01).map { $0 }
    // The relative error of the tail is that of its argument, times x².
    for (found, x) in zip(apply(.gelu, x), x) {
      let expected = NaiveActivation.gelu.value(Double(x))
      #expect((Double(found) - expected).magnitude <= 1e-7 * (4 + Double(x * x)) * expected.magnitude)
    }
  }

  @Test(arguments: NaiveActivation.allCases) func aNaNStaysANaN(activation: NaiveActivation) {
    check(activation, as: Float.self)
    check(activation, as: Double.self)

    func check<S: Scalar>(_ activation: NaiveActivation, as type: S.Type) {
      // In every lane of a vector and in the tail.
      for place in [0, 5, 15, 16, 17] {
        var x = [S](repeating: 1, count: 18)
        x[place] = .nan
        let y = apply(activation, x)
        #expect(y.indices.allSatisfy { y[$0].isNaN == ($0 == place) })
        var gradient = [S](repeating: 1, count: 18)
        S.kernelActivationBackward(.underTest, activation.kernel, 1, 18, &gradient, 18, x, 18, nil)
        // The identity's derivative does not depend on what was saved; ReLU's lets the gradient pass, as PyTorch's
        // does.
        let dependsOnSaved = activation != .identity && activation != .relu
        #expect(gradient.indices.allSatisfy { gradient[$0].isNaN == ($0 == place && dependsOnSaved) })
        if activation == .relu { #expect(gradient[place] == 1) }
        gradient = [S](repeating: 1, count: 18)
        gradient[place] = .nan
        let saved = [S](repeating: 0.5, count: 18)
        S.kernelActivationBackward(.underTest, activation.kernel, 1, 18, &gradient, 18, saved, 18, nil)
        #expect(gradient.indices.allSatisfy { gradient[$0].isNaN == ($0 == place) })
      }
    }
  }

  /// The gradient of the bias, with an activation that leaves some terms out.
  @Test(arguments: shapes) func columnSumsAgree(shape: (rows: Int, columns: Int)) {
    check(shape, as: Float.self, tolerance: 1e-6)
    check(shape, as: Double.self, tolerance: 1e-14)

    func check<S: Scalar>(_ shape: (rows: Int, columns: Int), as type: S.Type, tolerance: Double) {
      var numbers = TestNumbers(seed: 3)
      let x = numbers.uniform(count: shape.rows * shape.columns, as: S.self)
      let y = numbers.uniform(count: shape.rows * shape.columns, as: S.self)
      let gradient = PaddedMatrix(rows: shape.rows, columns: shape.columns, padding: 4, x)
      let saved = PaddedMatrix(rows: shape.rows, columns: shape.columns, padding: 1, y)
      var sums = [S](repeating: .nan, count: shape.columns)
      S.kernelActivationBackward(
        .underTest, NaiveActivation.relu.kernel, shape.rows, shape.columns, gradient.baseAddress, gradient.rowStride,
        UnsafePointer(saved.baseAddress), saved.rowStride, &sums)
      let expected = (0..<shape.columns).map { j in
        (0..<shape.rows).map { $0 * shape.columns + j }.reduce(0.0) { $0 + (y[$1] > 0 ? Double(x[$1]) : 0) }
      }
      #expect(firstMismatch(sums, expected, absolute: tolerance) == nil)
    }
  }
}
