public import BatchAlgebra
import BatchFoundation
import CBatchKernels

/// A layer that in training sets a share of its inputs to zero, others each time.
///
/// Source: Srivastava et al., *Dropout*, JMLR 2014. The rest is multiplied by 1 / (1 − rate), which keeps the mean
/// ("inverted" dropout), so that outside training there is nothing to do: y = x. In training y = x ⊙ m and dx = dy ⊙ m,
/// where the mask m depends on the run's seed (its stream "dropout"), the node's number, the number of the update and
/// the example's place in the update's batch, as ``StepPosition`` says, and is computed anew in the backward pass. A NaN
/// that is left out stays one, as in PyTorch.
public struct Dropout: Layer {
  /// The share of the inputs that is set to zero.
  public let rate: Double

  /// A layer that sets the share `rate` of its inputs to zero, at least 0 and below 1.
  public init(_ rate: Double) { self.rate = rate }

  public var description: String { "dropout \(rate)" }

  public func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    guard rate >= 0, rate < 1 else {
      throw .invalidLayer("a dropout rate must be at least 0 and below 1, not \(rate)")
    }
    var plan = LayerPlan(
      output: input, operations: LayerPlan.PassCounts(forward: input.count, backwardData: input.count))
    plan.backwardReads = []
    return plan
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    apply(pass, from: pass.input, to: pass.output)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient, let dx = pass.inputGradient else { return }
    apply(pass, from: dy.readOnly, to: dx)
    pass.phases?.end(.backwardData)
  }

  private func apply<S: Scalar>(_ pass: LayerPass<S>, from: MatrixView<S>, to: MutableMatrixView<S>) {
    var dropout = bk_dropout()
    if let position = pass.position {
      var stream = RandomStream(seed: position.seed, name: "dropout", index: UInt64(position.node))
      dropout.key = stream.next()
      dropout.round = UInt64(position.update)
      dropout.first_row = UInt32(truncatingIfNeeded: position.firstExample)
      dropout.rate = rate
    }
    let task = DropoutTask(
      set: pass.context.instructionSet, dropout: dropout, drops: pass.isTraining, from: from, to: to)
    // Below about 5 µs of work one thread does it all.
    pass.team.run(task, parts: from.rows * from.columns >= 16_384 ? pass.team.threads : 1)
  }
}

/// Each thread masks its rows.
private struct DropoutTask<S: Scalar>: TeamTask {
  let set: InstructionSet
  let dropout: bk_dropout
  /// Whether anything goes out; otherwise the rows are copied.
  let drops: Bool
  let from: MatrixView<S>
  let to: MutableMatrixView<S>

  func run(thread: Int, of threads: Int) {
    let rows = workShare(of: from.rows, thread: thread, threads: threads)
    guard !rows.isEmpty else { return }
    guard drops else {
      for i in rows { to.row(i).update(from: from.row(i), count: from.columns) }
      return
    }
    var part = dropout
    part.first_row &+= UInt32(rows.lowerBound)
    S.kernelDropout(
      set, part, rows.count, from.columns, from.row(rows.lowerBound), from.rowStride, to.row(rows.lowerBound),
      to.rowStride)
  }
}
