public import BatchAlgebra

/// A fully connected layer: y = f(x·W + b), with W [in, out] and b [out].
///
/// An input of any shape is taken as a flat vector.
public struct Dense: Layer {
  /// The number of outputs.
  public let units: Int
  /// The function applied to each output.
  public let activation: Activation
  /// How the weight is drawn; the bias starts at zero.
  public let initialisation: Initialisation

  /// A layer with `units` outputs; without an initialisation the activation's usual one is taken: He for ReLU and GELU,
  /// Glorot otherwise.
  public init(_ units: Int, _ activation: Activation = .identity, initialisation: Initialisation? = nil) {
    self.units = units
    self.activation = activation
    self.initialisation = initialisation ?? activation.defaultInitialisation
  }

  public var description: String { "dense \(units)" + (activation == .identity ? "" : " \(activation.rawValue)") }

  public func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    guard units > 0 else { throw .invalidLayer("a dense layer needs at least 1 unit, not \(units)") }
    guard input.isContiguous else {
      throw .invalidLayer("a dense layer takes features without gaps, and there are some between positions of \(input)")
    }
    let inputs = input.count
    let (product, overflow) = (2 * inputs).multipliedReportingOverflow(by: units)
    guard !overflow else { throw .allocation(AllocationError(byteCount: Int.max)) }
    var plan = LayerPlan(
      output: ActivationShape([units]),
      parameters: [
        Parameter(
          name: "weight", shape: [inputs, units], role: .denseWeight, initialisation: initialisation, fanIn: inputs,
          fanOut: units),
        Parameter(name: "bias", shape: [units], role: .bias, initialisation: .zeros, fanIn: inputs, fanOut: units),
      ],
      operations: LayerPlan.PassCounts(forward: product, backwardData: product, backwardWeights: product),
      exampleNorms: .direct)
    plan.savedBytesPerExample = activation.keepsPreactivation ? units * context.precision.byteCount : 0
    plan.scratchBytes = DenseScratch.byteCounts(inputs: inputs, outputs: units, context)
    plan.fusesUpdate = context.engine != .openBLAS
    plan.tellsWeightSquares = plan.fusesUpdate
    return plan
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let task = DenseForward(
      product: ForwardProduct(
        pass.input, times: pass.weight(0), plus: pass.parameter(1), rectified: activation == .relu, into: pass.output,
        plan: pass.gemmPlan(.forward)),
      output: pass.output, saved: activation.keepsPreactivation ? pass.saved(columns: units) : nil,
      activation: activation, set: pass.context.instructionSet)
    pass.team.run(task, parts: task.product.plan.parts)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient else { preconditionFailure("backward needs the gradient of the output") }
    let scratch = ProductScratch<S>(
      pass.scratch.baseAddress, bytesPerThread: pass.scratch.bytesPerThread,
      instructionSet: pass.context.instructionSet)
    let sums = pass.examples.map {
      DenseExampleSums(sums: $0, set: pass.context.instructionSet, input: pass.input, gradient: dy.readOnly)
    }
    let outputs = DenseOutputGradient(
      gradient: dy, saved: activation.keepsPreactivation ? pass.saved(columns: units).readOnly : pass.output.readOnly,
      activation: activation, set: pass.context.instructionSet, bias: pass.parameterGradient(1),
      update: pass.update.map { ($0, pass.slot(1).offset) }, parameters: pass.parameters, all: pass.gradient,
      examples: sums)
    let inputs = pass.inputGradient.map { dx in
      BackwardDataProduct(
        dy.readOnly, times: pass.weight(0), into: dx, scratch: scratch, plan: pass.gemmPlan(.backwardData))
    }
    let weights = BackwardWeightsProduct(
      pass.input, dy.readOnly, into: pass.weightGradient(0), updating: pass.weight(0),
      by: pass.update?.weightUpdate(at: pass.slot(0).offset),
      squares: pass.update == nil ? nil : pass.examples?.weightSquares, scratch: scratch,
      plan: pass.gemmPlan(.backwardWeights))

    let task = DenseBackward(outputs: outputs, inputs: inputs, weights: weights, phases: pass.phases)
    let outputParts: Int
    if task.staysInOwnColumns {
      outputParts = weights.plan.parts
      pass.team.run(task, parts: outputParts)
      pass.phases?.end(.backwardWeights)
      if let inputs {
        inputs.addPartialSums(on: pass.team)
        pass.phases?.end(.backwardData)
      }
    } else {
      outputParts = outputs.parts(pass.team)
      pass.team.run(outputs, parts: outputParts)
      inputs?.run(on: pass.team)
      pass.phases?.end(.backwardData)
      pass.team.run(weights, parts: weights.plan.parts)
      pass.phases?.end(.backwardWeights)
    }
    guard let sums else { return }
    sums.finish(outputParts, on: pass.team)
    sums.writeElementSquares(pass, scratch: scratch)
  }
}

/// What the products of a dense layer's backward pass use for a moment.
private enum DenseScratch {
  static func byteCounts(inputs: Int, outputs: Int, _ context: ComputeContext) -> LayerPlan.PassCounts {
    let bytes =
      context.precision == .float
      ? ProductScratch<Float>.byteCount(inputs: inputs, instructionSet: context.instructionSet)
      : ProductScratch<Double>.byteCount(inputs: inputs, instructionSet: context.instructionSet)
    return LayerPlan.PassCounts(backwardData: bytes, backwardWeights: bytes)
  }
}

/// y = f(x·W + b): each thread multiplies its block of y and applies the activation while the block is in its cache.
private struct DenseForward<S: Scalar>: TeamTask {
  let product: ForwardProduct<S>
  let output: MutableMatrixView<S>
  let saved: MutableMatrixView<S>?
  let activation: Activation
  let set: InstructionSet

  func run(thread: Int, of threads: Int) {
    product.run(thread: thread, of: threads)
    // The product has rectified what it wrote.
    guard activation != .identity, activation != .relu else { return }
    let (rows, columns) = product.plan.block(thread: thread)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let block = output.block(rows: rows, columns: columns)
    let savedBlock = saved?.block(rows: rows, columns: columns)
    S.kernelBiasActivation(
      set, activation.kernel, block.rows, block.columns, block.baseAddress, block.rowStride, nil,
      savedBlock?.baseAddress,
      savedBlock?.rowStride ?? 0)
  }
}

/// dz [batch, out] = dy ⊙ f′, in place, and db [out] = Σ over the batch of dz, with b's update where it is asked for.
private struct DenseOutputGradient<S: Scalar>: TeamTask {
  let gradient: MutableMatrixView<S>
  let saved: MatrixView<S>
  let activation: Activation
  let set: InstructionSet
  /// Where db goes.
  let bias: UnsafeMutablePointer<S>
  /// The bias's update, and where the bias begins in the parameter vector.
  let update: (LayerUpdate<S>, offset: Int)?
  let parameters: UnsafeMutablePointer<S>
  /// The gradient vector.
  let all: UnsafeMutablePointer<S>?
  /// What is told of the examples' gradients; nil where nobody asks.
  let examples: DenseExampleSums<S>?

  /// Below about 5 µs of work one thread does it all.
  func parts(_ team: ThreadTeam) -> Int { gradient.rows * gradient.columns >= 16_384 ? team.threads : 1 }

  func run(thread: Int, of threads: Int) {
    run(columns: workShare(of: gradient.columns, thread: thread, threads: threads, grain: 16), thread: thread)
  }

  func run(columns: Range<Int>, thread: Int) {
    // Without columns, too: what a thread has left is added up.
    defer { examples?.addColumns(columns, thread: thread) }
    guard !columns.isEmpty else { return }
    let dz = gradient.block(rows: 0..<gradient.rows, columns: columns)
    let savedBlock = saved.block(rows: 0..<gradient.rows, columns: columns)
    S.kernelActivationBackward(
      set, activation.kernel, dz.rows, dz.columns, dz.baseAddress, dz.rowStride, savedBlock.baseAddress,
      savedBlock.rowStride, bias + columns.lowerBound)
    guard let (update, offset) = update, let all else { return }
    update.apply(
      to: .vector, at: offset + columns.lowerBound, count: columns.count, parameters: parameters,
      gradient: UnsafePointer(all))
  }
}

/// A whole backward pass in which each thread works on columns of its own: it makes dz for them, sums its part of dx
/// over them, and last updates its columns of W.
private struct DenseBackward<S: Scalar>: TeamTask {
  let outputs: DenseOutputGradient<S>
  let inputs: BackwardDataProduct<S>?
  let weights: BackwardWeightsProduct<S>
  let phases: StepPhaseTimes?

  /// Whether no thread needs what another makes: the cuts of W and of dx's contraction are the same.
  var staysInOwnColumns: Bool {
    let plan = weights.plan
    guard plan.rowParts == 1, case .panels = plan.layout else { return false }
    return inputs.map { $0.plan.contractionParts == plan.columnParts && $0.plan.parts == plan.parts } ?? true
  }

  func run(thread: Int, of threads: Int) {
    outputs.run(columns: weights.plan.block(thread: thread).columns, thread: thread)
    inputs?.run(thread: thread, of: threads)
    // The others pass from one part to the next at much the same time: their work is as large.
    if thread == 0 { phases?.end(.backwardData) }
    weights.run(thread: thread, of: threads)
  }
}
