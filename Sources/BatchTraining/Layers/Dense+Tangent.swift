public import BatchAlgebra
import CBatchKernels

/// The tangents of y = f(z), z = x·W + b, along a direction (V, c) of W and b.
extension Dense: TangentLayer {
  /// Rz = x·V + c + Rx·W and Ry = f′(z) ⊙ Rz.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentForward<S: Scalar>(_ pass: TangentPass<S>) {
    let tangent = pass.outputTangent
    multiply(pass, pass.values.input, pass.weightDirection(0), plus: pass.parameterDirection(1), into: tangent)
    if let input = pass.inputTangent {
      let part = pass.partialRows(columns: units)
      multiply(pass, input, pass.values.weight(0), plus: pass.zeros, into: part)
      pass.add(part.readOnly, to: tangent)
    }
    if activation.keepsPreactivation { copyRows(of: tangent.readOnly, to: pass.savedTangent(columns: units)) }
    activation.multiplyByDerivative(tangent, at: kept(pass), pass.values.context.instructionSet)
  }

  /// dz = dy ⊙ f′ and Rdz = Rdy ⊙ f′ + dy ⊙ f″ ⊙ Rz; then Rdb = Σ over the batch of Rdz, RdW = xᵀ·Rdz + Rxᵀ·dz,
  /// dx = dz·Wᵀ and Rdx = Rdz·Wᵀ + dz·Vᵀ.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func tangentBackward<S: Scalar>(_ pass: TangentPass<S>) {
    guard let gradient = pass.values.outputGradient, let tangent = pass.outputGradientTangent else {
      preconditionFailure("backward needs the gradient of the output and its tangent")
    }
    activation.differentiateBackward(
      gradient, tangent, at: kept(pass), outputTangent: pass.outputTangent,
      preactivationTangent: activation.keepsPreactivation ? pass.savedTangent(columns: units).readOnly : nil,
      pass.values.context.instructionSet)
    // The backward pass of the identity changes nothing, and sums.
    S.kernelActivationBackward(
      pass.values.context.instructionSet, BK_IDENTITY, pass.batch, units, tangent.baseAddress, tangent.rowStride,
      tangent.baseAddress, tangent.rowStride, pass.parameterProduct(1))

    multiplyTransposed(pass, pass.values.input, tangent.readOnly, into: pass.weightProduct(0))
    if let input = pass.inputTangent {
      let part = pass.partialWeight(0)
      multiplyTransposed(pass, input, gradient.readOnly, into: part)
      let count = pass.values.slot(0).storedCount
      S.kernelAdd(
        pass.values.context.instructionSet, 1, count, part.baseAddress, count, pass.parameterProduct(0), count)
    }

    guard let inputGradient = pass.values.inputGradient, let inputTangent = pass.inputGradientTangent else { return }
    multiplyByTransposed(pass, gradient.readOnly, pass.values.weight(0), into: inputGradient)
    multiplyByTransposed(pass, tangent.readOnly, pass.values.weight(0), into: inputTangent)
    let part = pass.partialRows(columns: inputTangent.columns)
    multiplyByTransposed(pass, gradient.readOnly, pass.weightDirection(0), into: part)
    pass.add(part.readOnly, to: inputTangent)
  }

  /// What the derivatives of f are had from: z where it is kept, else y.
  private func kept<S: Scalar>(_ pass: TangentPass<S>) -> MatrixView<S> {
    activation.keepsPreactivation ? pass.values.saved(columns: units).readOnly : pass.values.output.readOnly
  }

  // MARK: Products

  private func multiply<S: Scalar>(
    _ pass: TangentPass<S>, _ x: MatrixView<S>, _ weight: WeightView<S>, plus bias: UnsafePointer<S>,
    into y: MutableMatrixView<S>
  ) {
    let plan = pass.values.gemmPlan(.forward)
    pass.team.run(
      ForwardProduct(x, times: weight, plus: bias, rectified: false, into: y, plan: plan), parts: plan.parts)
  }

  private func multiplyTransposed<S: Scalar>(
    _ pass: TangentPass<S>, _ x: MatrixView<S>, _ dz: MatrixView<S>, into dw: WeightView<S>
  ) {
    let plan = pass.values.gemmPlan(.backwardWeights)
    pass.team.run(BackwardWeightsProduct(x, dz, into: dw, scratch: scratch(pass), plan: plan), parts: plan.parts)
  }

  private func multiplyByTransposed<S: Scalar>(
    _ pass: TangentPass<S>, _ dz: MatrixView<S>, _ weight: WeightView<S>, into dx: MutableMatrixView<S>
  ) {
    BackwardDataProduct(
      dz, times: weight, into: dx, scratch: scratch(pass), plan: pass.values.gemmPlan(.backwardData)
    ).run(on: pass.team)
  }

  private func scratch<S: Scalar>(_ pass: TangentPass<S>) -> ProductScratch<S> {
    ProductScratch(
      pass.values.scratch.baseAddress, bytesPerThread: pass.values.scratch.bytesPerThread,
      instructionSet: pass.values.context.instructionSet)
  }
}
