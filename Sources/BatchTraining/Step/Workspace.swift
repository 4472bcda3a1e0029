import BatchAlgebra
import BatchData

/// The memory of a network's passes for batches of up to `capacity` examples, allocated once, and the passes over it.
///
/// Holds the gathered batch, the values of the graph, what layers keep, and, for training, the gradients of values, in
/// the buffers of a ``BufferPlan``.
final class Workspace<S: Scalar> {
  let capacity: Int
  let network: Network<S>
  let team: ThreadTeam
  let targetKind: TargetKind
  /// The network's context, with the team's number of threads.
  let context: ComputeContext
  private let plan: BufferPlan
  /// The stored features of each value.
  private let columns: [Int]
  private let labels: AlignedBuffer<Int32>
  private let values: AlignedBuffer<S>
  private let buffers: [AlignedBuffer<S>]
  private let savedPerExample: [AlignedBuffer<UInt8>]
  private let savedPerBatch: [AlignedBuffer<UInt8>]
  private let scratchMemory: AlignedBuffer<UInt8>
  let partialSums: AlignedBuffer<Double>
  /// What is the same in every pass of a node; nil for a sum.
  private let layers: [PlannedLayer<S>?]
  /// The network's parameters, as updates see them.
  let ranges: [ParameterRange]

  init(
    _ network: Network<S>, lengths: WorkspaceLengths<S>, targets: TargetKind, capacity: Int, team: ThreadTeam
  ) throws(ModelError) {
    self.capacity = capacity
    self.network = network
    self.team = team
    var context = network.context
    context.threads = team.threads
    self.context = context
    plan = lengths.plan
    columns = network.graph.values.map(\.storedCount)
    targetKind = targets
    ranges = network.slots.map { ParameterRange($0) }
    do {
      labels = try AlignedBuffer(count: capacity)
      values = try AlignedBuffer(count: capacity * lengths.valueCount)
      var buffers: [AlignedBuffer<S>] = []
      for buffer in plan.buffers { buffers.append(try AlignedBuffer(count: capacity * buffer.rowStride)) }
      self.buffers = buffers
      var perExample: [AlignedBuffer<UInt8>] = []
      var perBatch: [AlignedBuffer<UInt8>] = []
      for node in network.graph.nodes {
        perExample.append(try AlignedBuffer(count: capacity * node.plan.savedBytesPerExample))
        perBatch.append(try AlignedBuffer(count: node.plan.savedBytesPerBatch))
      }
      savedPerExample = perExample
      savedPerBatch = perBatch
      scratchMemory = try AlignedBuffer(count: lengths.scratchBytes)
      let scratch = LayerScratch(scratchMemory.baseAddress, bytesPerThread: lengths.scratchBytes / team.threads)
      layers = network.graph.nodes.indices.map { node in
        network.graph.nodes[node].layer.map { _ in
          PlannedLayer(network, node: node, scratch: scratch, team: team)
        }
      }
      partialSums = try AlignedBuffer(count: lengths.partialSumCount)
    } catch {
      throw .allocation(error)
    }
  }

  // MARK: The batch

  /// Where examples of a batch are written.
  func examples(_ count: Int) -> BatchBuffers<S> {
    precondition(count <= capacity, "\(count) examples do not fit into memory for \(capacity)")
    let input = network.graph.values[0]
    return BatchBuffers(
      features: MutableMatrixView(
        buffers[plan.activations[0]].baseAddress, rows: count, columns: input.count,
        rowStride: paddedRowStride(input.count)),
      labels: labels.baseAddress,
      values: targetKind == .values
        ? MutableMatrixView(values.baseAddress, rows: count, columns: network.outputCount) : nil)
  }

  /// Writes classes as values where the loss reads them so.
  func prepareTargets(_ batch: Int) {
    targetKind.writeValues(
      of: labels.baseAddress, count: batch, outputs: network.outputCount, into: values.baseAddress)
  }

  // MARK: The passes

  /// Runs the nodes from input to output and returns the outputs, [batch, outputs].
  ///
  /// `position` is that of a training run; `look` sees each node's output while it is there.
  func forward(
    batch: Int, position: StepPosition? = nil, _ look: ((_ node: Int, _ output: MatrixView<S>) -> Void)? = nil
  ) -> MatrixView<S> {
    let nodes = network.graph.nodes
    for index in nodes.indices {
      let output = nodes[index].output
      switch nodes[index].operation {
      case .layer(let layer): layer.forward(pass(index, batch: batch, position: position))
      case .sum:
        store(value(nodes[index].inputs[0], batch).readOnly, into: value(output, batch))
        add(value(nodes[index].inputs[1], batch).readOnly, to: value(output, batch))
      }
      look?(index, value(output, batch).readOnly)
    }
    return value(network.graph.output, batch).readOnly
  }

  /// Runs the nodes from output to input; the gradient of the outputs is in ``outputGradient(batch:)``.
  ///
  /// With an update given each layer's parameters are updated as soon as their gradient is known; of the gradient only
  /// what could not be used at once is then written. `examples` collects what is asked of the examples' gradients.
  func backward(
    batch: Int, position: StepPosition, gradient: UnsafeMutablePointer<S>, update: LayerUpdate<S>? = nil,
    examples: ExampleStatistics<S>? = nil, phases: StepPhaseTimes?
  ) {
    let nodes = network.graph.nodes
    for index in nodes.indices.reversed() {
      guard let dy = self.gradient(of: nodes[index].output, batch) else { continue }
      switch nodes[index].operation {
      case .layer(let layer):
        let fuses = nodes[index].plan.fusesUpdate
        let isTrained = !network.slots(ofNode: index).isEmpty
        let sums = isTrained ? examples?.beginLayer(batch: batch, firstExample: position.firstExample) : nil
        if let examples, let sums, nodes[index].plan.exampleNorms == .fromGradient {
          add(examples, to: sums, of: layer, index, batch: batch, position: position)
        }
        let input = nodes[index].inputs[0]
        let stored = input == 0 ? nil : self.gradient(of: input, batch)
        let part = plan.contributions[index].map { view($0, input, batch) }
        layer.backward(
          pass(
            index, batch: batch, position: position, outputGradient: dy, inputGradient: part ?? stored,
            gradient: gradient, update: fuses ? update : nil,
            examples: nodes[index].plan.exampleNorms == .direct ? sums : nil, phases: phases))
        if let part, let stored { add(part.readOnly, to: stored) }
        if let examples, isTrained {
          examples.endLayer(
            index, batch: batch, firstExample: position.firstExample,
            meanSquare: update.map { _ in usedSquares(ofNode: index, in: gradient, examples) })
        }
        // What a layer left unmarked must not count to the next one's first part.
        phases?.end(.other)
        if let update, !fuses { apply(update, toNode: index, gradient: gradient, phases: phases) }
      case .sum:
        let inputs = nodes[index].inputs
        for (place, input) in inputs.enumerated() {
          guard let dx = self.gradient(of: input, batch) else { continue }
          let isFirst = network.graph.readers(of: input).last == index && !inputs[..<place].contains(input)
          if isFirst { store(dy.readOnly, into: dx) } else { add(dy.readOnly, to: dx) }
        }
        phases?.end(.backwardData)
      }
    }
  }

  /// The sums of a layer from gradients of single examples, one backward pass each; with inner products two.
  private func add(
    _ examples: ExampleStatistics<S>, to sums: ExampleSums<S>, of layer: any Layer, _ index: Int, batch: Int,
    position: StepPosition
  ) {
    let slots = network.slots(ofNode: index)
    guard let first = slots.first, let last = slots.last else { return }
    let range = first.offset..<last.offset + last.storedCount
    let (set, gradient) = (context.instructionSet, examples.exampleGradient.baseAddress + range.lowerBound)
    let total = sums.innerProducts.map { _ in examples.exampleSum.baseAddress + range.lowerBound }
    let squares = sums.elementSquares.map { $0 + range.lowerBound }
    total?.update(repeating: 0, count: range.count)
    squares?.update(repeating: 0, count: range.count)
    for example in 0..<batch {
      takeGradient(of: example, layer, index, position, examples)
      sums.norms[example] += S.kernelSumOfSquares(set, range.count, gradient)
      if let total { S.kernelAdd(set, 1, range.count, gradient, range.count, total, range.count) }
      if let squares {
        S.kernelScaledSquares(set, 1, range.count, sums.factor, gradient, range.count, gradient, range.count)
        S.kernelAdd(set, 1, range.count, gradient, range.count, squares, range.count)
      }
    }
    guard let products = sums.innerProducts, let total else { return }
    for example in 0..<batch {
      takeGradient(of: example, layer, index, position, examples)
      products[example] += Double(S.blasDot(range.count, gradient, total))
    }
  }

  /// Leaves the gradient of one example of a layer's parameters in memory for it.
  private func takeGradient(
    of example: Int, _ layer: any Layer, _ index: Int, _ position: StepPosition, _ examples: ExampleStatistics<S>
  ) {
    let output = network.graph.values[network.graph.nodes[index].output]
    guard let dy = gradient(of: network.graph.nodes[index].output, example + 1) else { return }
    // The layer may write over the gradient of its output, which its own backward pass is still to read. What pads the
    // row is copied, too: products count on its zeros.
    examples.exampleRow.baseAddress.update(from: dy.row(example), count: dy.rowStride)
    let row = MutableMatrixView(
      examples.exampleRow.baseAddress, rows: 1, columns: output.storedCount,
      rowStride: paddedRowStride(output.storedCount))
    var position = position
    position.firstExample += example
    layer.backward(
      pass(
        index, batch: 1, firstExample: example, position: position, outputGradient: row,
        gradient: examples.exampleGradient.baseAddress))
  }

  /// The squared length of the gradient of a layer that has been updated with it.
  private func usedSquares(
    ofNode index: Int, in gradient: UnsafePointer<S>, _ examples: ExampleStatistics<S>
  ) -> Double {
    guard network.graph.nodes[index].plan.tellsWeightSquares else {
      return squares(ofNode: index, in: gradient)
    }
    return network.slots(ofNode: index).dropFirst().reduce(examples.usedWeightSquares) {
      $0 + S.kernelSumOfSquares(context.instructionSet, $1.storedCount, gradient + $1.offset)
    }
  }

  private func apply(
    _ update: LayerUpdate<S>, toNode index: Int, gradient: UnsafeMutablePointer<S>, phases: StepPhaseTimes?
  ) {
    let ranges = ranges[network.slotStarts[index]..<network.slotStarts[index + 1]]
    guard !ranges.isEmpty else { return }
    apply(update, to: ranges, gradient: gradient)
    phases?.end(.update)
  }

  /// Updates some parameters from their gradient.
  func apply(_ update: LayerUpdate<S>, to ranges: ArraySlice<ParameterRange>, gradient: UnsafeMutablePointer<S>) {
    team.run(
      LayerUpdateTask(
        update: update, ranges: ranges, parameters: network.parameters.baseAddress, gradient: UnsafePointer(gradient)))
  }

  private func pass(
    _ index: Int, batch: Int, firstExample: Int = 0, position: StepPosition?,
    outputGradient: MutableMatrixView<S>? = nil, inputGradient: MutableMatrixView<S>? = nil,
    gradient: UnsafeMutablePointer<S>? = nil, update: LayerUpdate<S>? = nil, examples: ExampleSums<S>? = nil,
    phases: StepPhaseTimes? = nil
  ) -> LayerPass<S> {
    guard let layer = layers[index] else { preconditionFailure("node \(index) is no layer") }
    let (reads, writes) = (network.graph.nodes[index].inputs[0], network.graph.nodes[index].output)
    var position = position
    position?.node = index
    return LayerPass(
      layer, input: value(reads, batch, from: firstExample).readOnly, output: value(writes, batch, from: firstExample),
      outputGradient: outputGradient, inputGradient: inputGradient,
      savedPerExample: UnsafeMutableRawPointer(
        savedPerExample[index].baseAddress + firstExample * layer.plan.savedBytesPerExample),
      savedPerBatch: UnsafeMutableRawPointer(savedPerBatch[index].baseAddress), gradient: gradient, update: update,
      examples: examples, position: position, phases: phases)
  }

  // MARK: Values

  /// Where the loss leaves the gradient of the outputs, [batch, outputs].
  func outputGradient(batch: Int) -> MutableMatrixView<S> {
    guard let gradient = gradient(of: network.graph.output, batch) else {
      preconditionFailure("memory for forward passes alone has no gradients")
    }
    return gradient
  }

  private func value(_ index: Int, _ batch: Int, from first: Int = 0) -> MutableMatrixView<S> {
    view(plan.activations[index], index, batch, from: first)
  }

  private func gradient(of value: Int, _ batch: Int) -> MutableMatrixView<S>? {
    plan.gradients[value].map { view($0, value, batch) }
  }

  /// A buffer as the matrix of a value of so many examples.
  private func view(_ buffer: Int, _ value: Int, _ batch: Int, from first: Int = 0) -> MutableMatrixView<S> {
    let stride = paddedRowStride(columns[value])
    return MutableMatrixView(
      buffers[buffer].baseAddress + first * stride, rows: batch, columns: columns[value], rowStride: stride)
  }

  private func store(_ source: MatrixView<S>, into target: MutableMatrixView<S>) {
    run(RowSum(set: context.instructionSet, source: source, target: target, adds: false))
  }

  private func add(_ source: MatrixView<S>, to target: MutableMatrixView<S>) {
    run(RowSum(set: context.instructionSet, source: source, target: target, adds: true))
  }

  private func run(_ task: RowSum<S>) {
    // Below about 5 µs of work one thread does it all.
    team.run(task, parts: task.source.rows * task.source.columns >= 16_384 ? team.threads : 1)
  }
}

/// Each thread copies its rows, or adds them.
private struct RowSum<S: Scalar>: TeamTask {
  let set: InstructionSet
  let source: MatrixView<S>
  let target: MutableMatrixView<S>
  let adds: Bool

  func run(thread: Int, of threads: Int) {
    let rows = workShare(of: source.rows, thread: thread, threads: threads)
    guard !rows.isEmpty else { return }
    if adds {
      S.kernelAdd(
        set, rows.count, source.columns, source.row(rows.lowerBound), source.rowStride, target.row(rows.lowerBound),
        target.rowStride)
    } else {
      for i in rows { target.row(i).update(from: source.row(i), count: source.columns) }
    }
  }
}

extension Workspace {
  /// The loss of the outputs, shared out by rows; where it is asked for, the gradient of what they contribute to the
  /// mean loss of `examples` examples is written.
  func evaluate(
    _ loss: any Loss, smoothing: Double = 0, outputs: MatrixView<S>, gradient: MutableMatrixView<S>?, of examples: Int
  ) -> LossResult {
    let batch = outputs.rows
    let task = LossTask(
      loss: loss, outputs: outputs, labels: targetKind == .values ? nil : UnsafePointer(labels.baseAddress),
      values: targetKind.needsValues
        ? MatrixView(UnsafePointer(values.baseAddress), rows: batch, columns: network.outputCount) : nil,
      smoothing: smoothing, scale: 1 / S(examples), gradient: gradient, context: context,
      sums: partialSums.baseAddress, stride: WorkspaceLengths<S>.partialSumStride)
    // A softmax row of ten classes costs about 50 ns.
    let threads = batch >= 64 ? team.threads : 1
    if threads > 1 { team.run(task) } else { task.run(thread: 0, of: 1) }
    var total = 0.0
    var correct = 0.0
    for thread in 0..<threads {
      total += partialSums.baseAddress[thread * WorkspaceLengths<S>.partialSumStride]
      correct += partialSums.baseAddress[thread * WorkspaceLengths<S>.partialSumStride + 1]
    }
    return LossResult(total: total, correct: targetKind == .values ? nil : Int(correct), examples: batch)
  }
}

/// Each thread evaluates its rows and leaves its sums in a place of its own.
private struct LossTask<S: Scalar>: TeamTask {
  let loss: any Loss
  let outputs: MatrixView<S>
  let labels: UnsafePointer<Int32>?
  let values: MatrixView<S>?
  let smoothing: Double
  let scale: S
  let gradient: MutableMatrixView<S>?
  let context: ComputeContext
  let sums: UnsafeMutablePointer<Double>
  let stride: Int

  func run(thread: Int, of threads: Int) {
    let rows = workShare(of: outputs.rows, thread: thread, threads: threads)
    let columns = 0..<outputs.columns
    let pass = LossPass(
      outputs: outputs.block(rows: rows, columns: columns), labels: labels.map { $0 + rows.lowerBound },
      values: values?.block(rows: rows, columns: columns), smoothing: smoothing, scale: scale,
      gradient: gradient?.block(rows: rows, columns: columns), context: context)
    let part = rows.isEmpty ? LossSums(total: 0, correct: 0) : loss.evaluate(pass)
    sums[thread * stride] = part.total
    sums[thread * stride + 1] = Double(part.correct ?? pass.countCorrect(loss))
  }
}
