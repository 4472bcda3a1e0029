import BatchAlgebra
import BatchFoundation

/// Compares what an engine computes with the definition of the product, in Double.
///
/// A few dozen elements are computed naively. All others are checked together by Freivalds' method (1979): the result
/// times a random vector of signs must be the product of the factors with it. Errors are relative to Σ|a||b|, so that
/// cancellation does not count as error.
struct ProductCheck<S: Scalar> {
  private let operands: LayerOperands<S>
  private let pass: GEMMPlan.Pass
  private let batch: Int
  private let call: BLASCall
  /// W by rows, in Double: an engine's layout is slow to read element by element.
  private let weight: [Double]

  /// The largest error that rounding explains.
  static var tolerance: Double { S.self == Float.self ? 1e-5 : 1e-12 }

  private static var sampleCount: Int { 48 }

  init(_ operands: LayerOperands<S>, _ pass: GEMMPlan.Pass, batch: Int) {
    self.operands = operands
    self.pass = pass
    self.batch = batch
    call = BLASCall(pass, batch: batch, inputs: operands.inputs, outputs: operands.outputs)
    let view = pass == .backwardWeights ? operands.gradient() : operands.weight()
    weight = (0..<operands.inputs).flatMap { i in (0..<operands.outputs).map { Double(view[i, $0]) } }
  }

  /// Puts NaN where the result will be, so that what is not written shows.
  static func spoil(_ operands: LayerOperands<S>, _ pass: GEMMPlan.Pass, batch: Int) {
    switch pass {
    case .forward: spoil(operands.output(batch))
    case .backwardData: spoil(operands.inputGradient(batch))
    case .backwardWeights:
      let gradient = operands.gradient()
      for i in 0..<operands.inputs { for j in 0..<operands.outputs { gradient[i, j] = .nan } }
    }
  }

  private static func spoil(_ view: MutableMatrixView<S>) {
    for i in 0..<view.rows { for j in 0..<view.columns { view[i, j] = .nan } }
  }

  /// The largest relative error of the result that the operands hold; infinite when an element is no number.
  func relativeError() -> Double {
    var random = RandomStream(seed: 1, name: "check")
    var largest = 0.0
    func note(_ error: Double) { largest = error.isFinite ? max(largest, error) : .infinity }
    for _ in 0..<Self.sampleCount { note(elementError(random.integer(below: call.m), random.integer(below: call.n))) }
    for error in rowErrors(signs: (0..<call.n).map { _ in random.next() & 1 == 0 ? 1 : -1 }) { note(error) }
    return largest
  }

  private func elementError(_ i: Int, _ j: Int) -> Double {
    var sum = 0.0
    var scale = 0.0
    for l in 0..<call.k {
      let term = a(i, l) * b(l, j)
      sum += term
      scale += abs(term)
    }
    return abs(result(i, j) - sum) / max(scale, .leastNormalMagnitude)
  }

  private func rowErrors(signs: [Double]) -> [Double] {
    var products = [Double](repeating: 0, count: call.k)
    var scales = [Double](repeating: 0, count: call.k)
    for l in 0..<call.k {
      for j in 0..<call.n {
        let value = b(l, j)
        products[l] += value * signs[j]
        scales[l] += abs(value)
      }
    }
    return (0..<call.m).map { i in
      var difference = 0.0
      var scale = 0.0
      for j in 0..<call.n { difference += result(i, j) * signs[j] }
      for l in 0..<call.k {
        let value = a(i, l)
        difference -= value * products[l]
        scale += abs(value) * scales[l]
      }
      return abs(difference) / max(scale, .leastNormalMagnitude)
    }
  }

  /// op(A) [m, k].
  private func a(_ i: Int, _ l: Int) -> Double {
    switch pass {
    case .forward: Double(operands.input(batch)[i, l])
    case .backwardData: Double(operands.outputGradient(batch)[i, l])
    case .backwardWeights: Double(operands.input(batch)[l, i])
    }
  }

  /// op(B) [k, n].
  private func b(_ l: Int, _ j: Int) -> Double {
    switch pass {
    case .forward: weight[l * operands.outputs + j]
    case .backwardData: weight[j * operands.outputs + l]
    case .backwardWeights: Double(operands.outputGradient(batch)[l, j])
    }
  }

  /// C [m, n].
  private func result(_ i: Int, _ j: Int) -> Double {
    switch pass {
    case .forward: Double(operands.output(batch)[i, j])
    case .backwardData: Double(operands.inputGradient(batch)[i, j])
    case .backwardWeights: weight[i * operands.outputs + j]
    }
  }
}
