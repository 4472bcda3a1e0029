public import BatchAlgebra
import Glibc

/// The tangents of y = f(x): Ry = f′(x) ⊙ Rx; dx = dy ⊙ f′ and Rdx = Rdy ⊙ f′ + dy ⊙ f″ ⊙ Rx.
extension Activation: TangentLayer {
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentForward<S: Scalar>(_ pass: TangentPass<S>) {
    store(pass.inputTangent, in: pass.outputTangent)
    multiplyByDerivative(pass.outputTangent, at: kept(pass), pass.values.context.instructionSet)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentBackward<S: Scalar>(_ pass: TangentPass<S>) {
    guard let gradient = pass.values.outputGradient, let tangent = pass.outputGradientTangent,
      let inputGradient = pass.values.inputGradient, let inputTangent = pass.inputGradientTangent
    else { return }
    differentiateBackward(
      gradient, tangent, at: kept(pass), outputTangent: pass.outputTangent, preactivationTangent: pass.inputTangent,
      pass.values.context.instructionSet)
    copyRows(of: gradient.readOnly, to: inputGradient)
    copyRows(of: tangent.readOnly, to: inputTangent)
  }

  /// What the derivatives of f are had from: x where y does not tell, else y.
  private func kept<S: Scalar>(_ pass: TangentPass<S>) -> MatrixView<S> {
    keepsPreactivation ? pass.values.input : pass.values.output.readOnly
  }
}

/// The tangents of y = x, which dropout is outside training.
extension Dropout: TangentLayer {
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentForward<S: Scalar>(_ pass: TangentPass<S>) { store(pass.inputTangent, in: pass.outputTangent) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentBackward<S: Scalar>(_ pass: TangentPass<S>) {
    guard let gradient = pass.values.outputGradient, let tangent = pass.outputGradientTangent,
      let inputGradient = pass.values.inputGradient, let inputTangent = pass.inputGradientTangent
    else { return }
    copyRows(of: gradient.readOnly, to: inputGradient)
    copyRows(of: tangent.readOnly, to: inputTangent)
  }
}

extension Activation {
  /// t ← t ⊙ f′ in place, with f′ from what is kept of f: its output, or for GELU its input.
  func multiplyByDerivative<S: Scalar>(_ t: MutableMatrixView<S>, at kept: MatrixView<S>, _ set: InstructionSet) {
    S.kernelActivationBackward(
      set, kernel, t.rows, t.columns, t.baseAddress, t.rowStride, kept.baseAddress, kept.rowStride, nil)
  }

  /// dy ← dy ⊙ f′ and Rdy ← Rdy ⊙ f′ + dy ⊙ f″ ⊙ Rz in place, for f of z with the output's tangent Ry = f′ ⊙ Rz.
  ///
  /// The output's tangent is overwritten. That of z is needed for GELU, and of no use otherwise.
  func differentiateBackward<S: Scalar>(
    _ gradient: MutableMatrixView<S>, _ tangent: MutableMatrixView<S>, at kept: MatrixView<S>,
    outputTangent: MutableMatrixView<S>, preactivationTangent: MatrixView<S>?, _ set: InstructionSet
  ) {
    let curves =
      switch self {
      case .identity, .relu: false
      case .tanh, .sigmoid, .gelu: true
      }
    if curves {
      bend(outputTangent, kept, gradient.readOnly, preactivationTangent)
    }
    multiplyByDerivative(gradient, at: kept, set)
    multiplyByDerivative(tangent, at: kept, set)
    if curves {
      S.kernelAdd(
        set, tangent.rows, tangent.columns, outputTangent.baseAddress, outputTangent.rowStride, tangent.baseAddress,
        tangent.rowStride)
    }
  }

  /// Ry ← dy ⊙ f″ ⊙ Rz in place.
  ///
  /// tanh has f″ = −2y·f′ and the logistic function f″ = (1 − 2y)·f′, so that f″·Rz follows from y and Ry = f′·Rz;
  /// GELU has f″ = φ(z)·(2 − z²) with the normal density φ. Where f is a line, or two, f″ is 0.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func bend<S: Scalar>(
    _ tangent: MutableMatrixView<S>, _ kept: MatrixView<S>, _ gradient: MatrixView<S>,
    _ preactivationTangent: MatrixView<S>?
  ) {
    for i in 0..<tangent.rows {
      let (t, y, dy) = (tangent.row(i), kept.row(i), gradient.row(i))
      switch self {
      case .identity, .relu: t.update(repeating: 0, count: tangent.columns)
      case .tanh:
        for j in 0..<tangent.columns { t[j] *= -2 * y[j] * dy[j] }
      case .sigmoid:
        for j in 0..<tangent.columns { t[j] *= (1 - 2 * y[j]) * dy[j] }
      case .gelu:
        guard let preactivation = preactivationTangent?.row(i) else {
          t.update(repeating: 0, count: tangent.columns)
          continue
        }
        for j in 0..<tangent.columns {
          let z = Double(y[j])
          let second = exp(-z * z / 2) / (2 * Double.pi).squareRoot() * (2 - z * z)
          t[j] = dy[j] * S(second) * preactivation[j]
        }
      }
    }
  }
}

/// Copies the tangent of an input; zeros for one that does not change.
private func store<S: Scalar>(_ tangent: MatrixView<S>?, in target: MutableMatrixView<S>) {
  guard let tangent else {
    for i in 0..<target.rows { target.row(i).update(repeating: 0, count: target.columns) }
    return
  }
  copyRows(of: tangent, to: target)
}
