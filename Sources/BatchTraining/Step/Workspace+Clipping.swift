import BatchAlgebra

extension Workspace {
  /// The Euclidean norm of a gradient of the parameters; what pads them is zero and adds nothing.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func norm(_ gradient: UnsafePointer<S>) -> Double { squares(network.parameters.count, gradient).squareRoot() }

  /// The squared length of a gradient of the parameters.
  func squares(_ gradient: AlignedBuffer<S>) -> Double { squares(gradient.count, gradient.baseAddress) }

  /// The squared length of the part of a gradient that belongs to a layer's parameters.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func squares(ofNode index: Int, in gradient: UnsafePointer<S>) -> Double {
    let slots = network.slots(ofNode: index)
    guard let first = slots.first, let last = slots.last else { return 0 }
    return squares(last.offset + last.storedCount - first.offset, gradient + first.offset)
  }

  /// Σxᵢ² of a vector that lies within one of the parameters' layout.
  private func squares(_ count: Int, _ vector: UnsafePointer<S>) -> Double {
    let stride = WorkspaceLengths<S>.partialSumStride
    team.run(
      SquareSumTask(
        instructionSet: context.instructionSet, count: count, gradient: vector, sums: partialSums.baseAddress,
        stride: stride))
    // In the order of the threads, so that the same team gives the same bits.
    var squares = 0.0
    for thread in 0..<team.threads { squares += partialSums.baseAddress[thread * stride] }
    return squares
  }

  /// Clips a gradient of the parameters in place and returns its norm before.
  ///
  /// A norm that is no number makes every element NaN when the norm is clipped; a NaN element stays one when values
  /// are.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func clip(_ gradient: UnsafeMutablePointer<S>, _ clipping: GradientClipping) -> Double {
    let norm = norm(gradient)
    switch clipping {
    case .norm(let bound):
      let factor = bound / (norm + 1e-6)
      // Written so that a norm that is no number counts as too long.
      if !(factor >= 1) { clip(gradient, .scale(S(factor))) }
    case .value(let bound):
      clip(gradient, .clamp(S(bound)))
    }
    return norm
  }

  private func clip(_ gradient: UnsafeMutablePointer<S>, _ clipping: ClippingTask<S>.Clipping) {
    team.run(
      ClippingTask(
        instructionSet: context.instructionSet, count: network.parameters.count, gradient: gradient, clipping: clipping)
    )
  }
}

/// Each thread sums the squares of its part and leaves the sum in a place of its own.
private struct SquareSumTask<S: Scalar>: VectorTask {
  let instructionSet: InstructionSet
  let count: Int
  let gradient: UnsafePointer<S>
  let sums: UnsafeMutablePointer<Double>
  let stride: Int

  func run(_ part: Range<Int>, thread: Int) {
    sums[thread * stride] = S.kernelSumOfSquares(instructionSet, part.count, gradient + part.lowerBound)
  }
}

/// Each thread clips its part.
private struct ClippingTask<S: Scalar>: VectorTask {
  enum Clipping {
    case scale(S)
    case clamp(S)
  }

  let instructionSet: InstructionSet
  let count: Int
  let gradient: UnsafeMutablePointer<S>
  let clipping: Clipping

  func run(_ part: Range<Int>, thread: Int) {
    switch clipping {
    case .scale(let factor): S.kernelScale(instructionSet, part.count, factor, gradient + part.lowerBound)
    case .clamp(let bound): S.kernelClamp(instructionSet, part.count, bound, gradient + part.lowerBound)
    }
  }
}

extension Workspace {
  /// Adds a micro-batch's gradient to the sum.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func add(_ part: AlignedBuffer<S>, to sum: AlignedBuffer<S>) {
    team.run(
      GradientSumTask(
        instructionSet: context.instructionSet, count: sum.count, part: UnsafePointer(part.baseAddress),
        sum: sum.baseAddress))
  }
}
