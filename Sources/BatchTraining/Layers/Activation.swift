public import BatchAlgebra
import CBatchKernels

/// A function applied to each element: fused into a ``Dense`` layer, or a layer of its own.
public enum Activation: String, Sendable, Hashable, CaseIterable, Codable {
  /// f(x) = x.
  case identity
  /// f(x) = max(x, 0).
  case relu
  /// f(x) = tanh x.
  case tanh
  /// f(x) = 1 / (1 + e⁻ˣ).
  case sigmoid
  /// f(x) = x·Φ(x) with the exact normal distribution function (Hendrycks & Gimpel 2016, §2).
  case gelu

  var kernel: bk_activation {
    switch self {
    case .identity: BK_IDENTITY
    case .relu: BK_RELU
    case .tanh: BK_TANH
    case .sigmoid: BK_SIGMOID
    case .gelu: BK_GELU
    }
  }

  /// GELU's derivative cannot be had from its output, so that its input is kept for the backward pass.
  var keepsPreactivation: Bool { self == .gelu }

  /// The initialisation that keeps the variance of the signal through layers with this activation.
  var defaultInitialisation: Initialisation { self == .relu || self == .gelu ? .heNormal : .glorotUniform }
}

/// An activation as a layer: y = f(x), dx = dy ⊙ f′(x).
extension Activation: Layer {
  public var description: String { rawValue }

  public func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    var plan = LayerPlan(
      output: input, operations: LayerPlan.PassCounts(forward: input.count, backwardData: input.count))
    plan.backwardReads = self == .identity ? [] : keepsPreactivation ? .input : .output
    return plan
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let task = ActivationTask(
      activation: self, set: pass.context.instructionSet, shape: pass.inputShape, from: pass.input, to: pass.output,
      saved: nil)
    pass.team.run(task, parts: task.parts(pass.team))
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient, let dx = pass.inputGradient else { return }
    let task = ActivationTask(
      activation: self, set: pass.context.instructionSet, shape: pass.inputShape, from: dy.readOnly, to: dx,
      saved: keepsPreactivation ? pass.input : pass.output.readOnly)
    pass.team.run(task, parts: task.parts(pass.team))
    pass.phases?.end(.backwardData)
  }
}

/// Each thread computes f of its rows, or with saved values dy ⊙ f′.
private struct ActivationTask<S: Scalar>: TeamTask {
  let activation: Activation
  let set: InstructionSet
  let shape: ActivationShape
  let from: MatrixView<S>
  let to: MutableMatrixView<S>
  let saved: MatrixView<S>?

  /// Below about 5 µs of work one thread does it all.
  func parts(_ team: ThreadTeam) -> Int { from.rows * from.columns >= 16_384 ? team.threads : 1 }

  func run(thread: Int, of threads: Int) {
    let rows = workShare(of: from.rows, thread: thread, threads: threads)
    guard !rows.isEmpty else { return }
    for i in rows { to.row(i).update(from: from.row(i), count: from.columns) }
    guard activation != .identity else { return }
    if shape.isContiguous {
      apply(at: rows.lowerBound, offset: 0, rows: rows.count, columns: from.columns, stride: to.rowStride)
    } else {
      // f(0) need not be 0, and what lies between the channels of positions must stay so.
      for i in rows {
        apply(at: i, offset: 0, rows: shape.positions, columns: shape.channels, stride: shape.channelStride)
      }
    }
  }

  private func apply(at row: Int, offset: Int, rows: Int, columns: Int, stride: Int) {
    guard let saved else {
      S.kernelBiasActivation(set, activation.kernel, rows, columns, to.row(row), stride, nil, nil, 0)
      return
    }
    let savedStride = shape.isContiguous ? saved.rowStride : shape.channelStride
    S.kernelActivationBackward(
      set, activation.kernel, rows, columns, to.row(row), stride, saved.row(row), savedStride, nil)
  }
}
