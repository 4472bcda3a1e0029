import BatchAlgebra

extension Workspace {
  /// Clips a gradient of the parameters in place and returns its norm before.
  ///
  /// A norm that is no number makes every element NaN when the norm is clipped; a NaN element stays one when values are.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func clip(_ gradient: UnsafeMutablePointer<S>, _ clipping: GradientClipping) -> Double {
    let count = network.parameters.count
    team.run(
      SquareSumTask(
        count: count, gradient: UnsafePointer(gradient), sums: partialSums.baseAddress,
        stride: WorkspaceLayout<S>.partialSumStride))
    // In the order of the threads, so that the same team gives the same bits.
    var squares = 0.0
    for thread in 0..<team.threads { squares += partialSums.baseAddress[thread * WorkspaceLayout<S>.partialSumStride] }
    let norm = squares.squareRoot()
    switch clipping {
    case .norm(let bound):
      let factor = bound / (norm + 1e-6)
      // Written so that a norm that is no number counts as too long.
      if !(factor >= 1) { team.run(ClippingTask(count: count, gradient: gradient, clipping: .scale(S(factor)))) }
    case .value(let bound):
      team.run(ClippingTask(count: count, gradient: gradient, clipping: .clamp(S(bound))))
    }
    return norm
  }
}

/// Each thread sums the squares of its part and leaves the sum in a place of its own.
private struct SquareSumTask<S: Scalar>: TeamTask {
  let count: Int
  let gradient: UnsafePointer<S>
  let sums: UnsafeMutablePointer<Double>
  let stride: Int

  func run(thread: Int, of threads: Int) {
    let share = updateShare(of: 0..<count, thread: thread, threads: threads)
    sums[thread * stride] = S.kernelSumOfSquares(share.count, gradient + share.lowerBound)
  }
}

/// Each thread clips its part.
private struct ClippingTask<S: Scalar>: TeamTask {
  enum Clipping {
    case scale(S)
    case clamp(S)
  }

  let count: Int
  let gradient: UnsafeMutablePointer<S>
  let clipping: Clipping

  func run(thread: Int, of threads: Int) {
    let share = updateShare(of: 0..<count, thread: thread, threads: threads)
    switch clipping {
    case .scale(let factor): S.kernelScale(share.count, factor, gradient + share.lowerBound)
    case .clamp(let bound): S.kernelClamp(share.count, bound, gradient + share.lowerBound)
    }
  }
}
