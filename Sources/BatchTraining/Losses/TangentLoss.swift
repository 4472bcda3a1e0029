public import BatchAlgebra
import Glibc

/// A loss that also gives products with its second derivative by the network's outputs.
///
/// With H the Hessian of an example's loss by its outputs z and Rz a change of them, R(∂L/∂z) = H·Rz: where the
/// tangents of a backward pass begin (see ``TangentLayer``), and the middle of the Gauss–Newton matrix Jᵀ·H·J
/// (Schraudolph 2002, *Fast curvature matrix-vector products*). A loss that is none is refused by name where such
/// products are asked for.
public protocol TangentLoss: Loss {
  /// Writes H·Rz times ``LossPass/scale`` of each row into ``LossPass/gradient``, which is given.
  func tangentGradient<S: Scalar>(_ pass: LossPass<S>, along tangent: MatrixView<S>)
}

extension SoftmaxCrossEntropy: TangentLoss {
  /// H = diag(p) − p·pᵀ with the probabilities p, whatever the target: smoothed labels add to 1, too.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentGradient<S: Scalar>(_ pass: LossPass<S>, along tangent: MatrixView<S>) {
    guard let gradient = pass.gradient else { return }
    predict(pass.outputs, into: gradient, pass.context)
    for i in 0..<gradient.rows {
      let (p, t) = (gradient.row(i), tangent.row(i))
      var mean = 0.0
      for j in 0..<gradient.columns { mean += Double(p[j]) * Double(t[j]) }
      for j in 0..<gradient.columns { p[j] *= (t[j] - S(mean)) * pass.scale }
    }
  }
}

extension BinaryCrossEntropy: TangentLoss {
  /// H = diag(σ(z)·(1 − σ(z))), whatever the target.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentGradient<S: Scalar>(_ pass: LossPass<S>, along tangent: MatrixView<S>) {
    guard let gradient = pass.gradient else { return }
    for i in 0..<gradient.rows {
      let (z, t, result) = (pass.outputs.row(i), tangent.row(i), gradient.row(i))
      for j in 0..<gradient.columns {
        // Of −|z|, so that nothing overflows.
        let e = exp(-abs(Double(z[j])))
        result[j] = S(e / ((1 + e) * (1 + e))) * t[j] * pass.scale
      }
    }
  }
}

extension MeanSquaredError: TangentLoss {
  /// H = 2/K for K outputs, over which the error is averaged.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentGradient<S: Scalar>(_ pass: LossPass<S>, along tangent: MatrixView<S>) {
    guard let gradient = pass.gradient else { return }
    let factor = 2 / S(gradient.columns) * pass.scale
    for i in 0..<gradient.rows {
      for j in 0..<gradient.columns { gradient[i, j] = factor * tangent[i, j] }
    }
  }
}
