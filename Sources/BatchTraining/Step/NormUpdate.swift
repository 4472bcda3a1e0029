import BatchAlgebra

/// The two passes of an update that uses norms of whole parameters.
///
/// In the first each thread measures its pieces of the parameters and leaves the sums in a place of its own; in the
/// second it adds up what all have found of a parameter and updates its pieces by the rule that follows. The sums are
/// added in the order of the threads: the same number of them gives the same bits.
struct NormUpdate<S: Scalar> {
  let optimizer: any Optimizer
  let runs: ArraySlice<ParameterRun>
  let parameters: UnsafeMutablePointer<S>
  let gradient: UnsafePointer<S>
  let state: StateVectors<S>
  let step: Int
  /// [threads][runs], the places of a thread on cache lines of its own.
  let norms: UnsafeMutablePointer<SquaredNorms>

  /// The number of norms for so many parameters.
  static func normCount(parameters: Int, threads: Int) -> Int { threads * normStride(parameters) }

  /// Four are a cache line.
  private static func normStride(_ parameters: Int) -> Int { (parameters + 3) / 4 * 4 }

  fileprivate func norms(of thread: Int) -> UnsafeMutablePointer<SquaredNorms> {
    norms + thread * Self.normStride(runs.count)
  }

  func run(on team: ThreadTeam) {
    team.run(NormMeasurement(update: self))
    team.run(NormApplication(update: self))
  }
}

private struct NormMeasurement<S: Scalar>: TeamTask {
  let update: NormUpdate<S>

  func run(thread: Int, of threads: Int) {
    let sums = update.norms(of: thread)
    sums.update(repeating: SquaredNorms(), count: update.runs.count)
    update.runs.forEachPiece(thread: thread, of: threads) { index, kind, piece in
      sums[index - update.runs.startIndex] = update.optimizer.measure(
        kind, count: piece.count, parameters: update.parameters + piece.lowerBound,
        gradient: update.gradient + piece.lowerBound, state: update.state[0, at: piece.lowerBound],
        stateStride: update.state.stride, step: update.step)
    }
  }
}

private struct NormApplication<S: Scalar>: TeamTask {
  let update: NormUpdate<S>

  func run(thread: Int, of threads: Int) {
    update.runs.forEachPiece(thread: thread, of: threads) { index, kind, piece in
      var norms = SquaredNorms()
      for other in 0..<threads { norms += update.norms(of: other)[index - update.runs.startIndex] }
      update.state.update(
        by: update.optimizer.kernelRule(step: update.step, for: kind, norms: norms), at: piece.lowerBound,
        count: piece.count, parameters: update.parameters, gradient: update.gradient)
    }
  }
}
