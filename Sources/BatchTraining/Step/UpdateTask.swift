import BatchAlgebra

/// Each thread updates a part of some parameters by a rule that the kernels know.
struct UpdateTask<S: Scalar>: TeamTask {
  let update: LayerUpdate<S>
  let runs: ArraySlice<ParameterRun>
  let parameters: UnsafeMutablePointer<S>
  let gradient: UnsafePointer<S>

  func run(thread: Int, of threads: Int) {
    runs.forEachPiece(thread: thread, of: threads) { _, kind, piece in
      update.apply(
        to: kind, at: piece.lowerBound, count: piece.count, parameters: parameters, gradient: gradient)
    }
  }
}

/// Each thread updates a part of the parameters by a rule of the optimizer's own.
struct OwnUpdateTask<S: Scalar>: TeamTask {
  let optimizer: any Optimizer
  let runs: ArraySlice<ParameterRun>
  let parameters: UnsafeMutablePointer<S>
  let gradient: UnsafePointer<S>
  let state: StateVectors<S>
  let step: Int

  func run(thread: Int, of threads: Int) {
    runs.forEachPiece(thread: thread, of: threads) { _, _, piece in
      optimizer.update(
        parameters: parameters, gradient: gradient, state: state.baseAddress, stateStride: state.stride, range: piece,
        step: step)
    }
  }
}
