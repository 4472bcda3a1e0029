import BatchAlgebra
import BatchData

/// The memory of a network's passes for batches of up to `capacity` examples, allocated once.
///
/// Holds the gathered batch, every layer's output and saved values, and, for training, the gradients that travel
/// backwards. Rows are padded, and what pads them is zero: no buffer serves two widths.
final class Workspace<S: Scalar>: Sendable {
  let capacity: Int
  let network: Network<S>
  let team: ThreadTeam
  private let layout: WorkspaceLayout<S>
  private let input: AlignedBuffer<S>
  private let labels: AlignedBuffer<Int32>
  private let values: AlignedBuffer<S>
  private let outputs: [AlignedBuffer<S>]
  private let saved: [AlignedBuffer<S>]
  private let travelling: [AlignedBuffer<S>]
  private let scratchMemory: AlignedBuffer<S>
  private let scratch: ProductScratch<S>
  let partialSums: AlignedBuffer<Double>
  private let targetKind: TargetKind
  /// The network's, on the team's threads.
  let context: ComputeContext
  private let outputCount: Int
  /// The network's parameters, as updates see them.
  let ranges: [ParameterRange]

  init(
    _ network: Network<S>, layout: WorkspaceLayout<S>, targets: TargetKind, capacity: Int, team: ThreadTeam
  ) throws(ModelError) {
    self.capacity = capacity
    self.network = network
    self.team = team
    self.layout = layout
    targetKind = targets
    var context = network.context
    context.threads = team.threads
    self.context = context
    outputCount = network.outputCount
    ranges = network.slots.map { ParameterRange($0) }
    func buffers(_ counts: [Int]) throws(AllocationError) -> [AlignedBuffer<S>] {
      var buffers: [AlignedBuffer<S>] = []
      for count in counts { buffers.append(try AlignedBuffer(count: capacity * count)) }
      return buffers
    }
    do {
      input = try AlignedBuffer(count: capacity * layout.inputCount)
      labels = try AlignedBuffer(count: capacity)
      values = try AlignedBuffer(count: capacity * layout.valueCount)
      outputs = try buffers(layout.outputCounts)
      saved = try buffers(layout.savedCounts)
      travelling = try buffers(layout.travellingCounts)
      scratchMemory = try AlignedBuffer(count: layout.scratchCount)
      scratch = ProductScratch(
        scratchMemory.baseAddress, widest: layout.widths.max() ?? 0, instructionSet: context.instructionSet)
      partialSums = try AlignedBuffer(count: layout.partialSumCount)
    } catch {
      throw .allocation(error)
    }
  }

  /// Copies the examples with the given indices into the batch.
  func load(_ dataset: Dataset, _ indices: UnsafeBufferPointer<Int32>) {
    let batch = indices.count
    let features = padded(input, batch, layout.widths[0])
    switch targetKind {
    case .classes, .classesAsValues:
      dataset.gather(indices, into: features, labels: labels.baseAddress, team: team)
      if targetKind == .classesAsValues { writeClassesAsValues(batch) }
    case .values:
      dataset.gather(
        indices, into: features, values: MutableMatrixView(values.baseAddress, rows: batch, columns: outputCount),
        team: team)
    }
  }

  /// One row a class, or for a single output the class number itself, 0 or 1.
  private func writeClassesAsValues(_ batch: Int) {
    for i in 0..<batch {
      let row = values.baseAddress + i * outputCount
      if outputCount == 1 {
        row[0] = S(labels.baseAddress[i])
      } else {
        row.update(repeating: 0, count: outputCount)
        row[Int(labels.baseAddress[i])] = 1
      }
    }
  }

  /// Runs the layers from input to output and returns the outputs, [batch, outputs]; `place` is that of a training run.
  func forward(batch: Int, place: PassPlace? = nil) -> MatrixView<S> {
    for layer in network.layers.indices { network.layers[layer].forward(pass(layer, batch: batch, place: place)) }
    return output(of: network.layers.count - 1, batch: batch).readOnly
  }

  /// Runs the layers from output to input; the gradient of the outputs is in ``outputGradient(batch:)``.
  ///
  /// With an update given each layer's parameters are updated as soon as their gradient is known; of the gradient only
  /// what could not be used at once is then written.
  func backward(
    batch: Int, place: PassPlace, gradient: UnsafeMutablePointer<S>, update: LayerUpdate<S>? = nil,
    phases: StepPhaseTimes?
  ) {
    for layer in network.layers.indices.reversed() {
      let fuses = network.layers[layer].fusesUpdate
      network.layers[layer].backward(
        pass(layer, batch: batch, place: place, gradient: gradient, update: fuses ? update : nil, phases: phases))
      // What a layer left unmarked must not count to the next one's first part.
      phases?.end(.other)
      if let update, !fuses { apply(update, toLayer: layer, gradient: gradient, phases: phases) }
    }
  }

  private func apply(
    _ update: LayerUpdate<S>, toLayer layer: Int, gradient: UnsafeMutablePointer<S>, phases: StepPhaseTimes?
  ) {
    let ranges = ranges[network.slotStarts[layer]..<network.slotStarts[layer + 1]]
    guard !ranges.isEmpty else { return }
    team.run(
      LayerUpdateTask(
        update: update, ranges: ranges, parameters: network.parameters.baseAddress, gradient: UnsafePointer(gradient)))
    phases?.end(.update)
  }

  /// The largest magnitude among a layer's outputs for the last batch, of `batch` examples.
  func largestActivation(of layer: Int, batch: Int) -> Double {
    let outputs = output(of: layer, batch: batch)
    // Further down there may be rows of a larger batch before.
    return largestMagnitude(
      (0..<batch).lazy.flatMap { UnsafeBufferPointer(start: outputs.readOnly.row($0), count: outputs.columns) })
  }

  /// Where the loss leaves the gradient of the outputs, [batch, outputs].
  func outputGradient(batch: Int) -> MutableMatrixView<S> { travellingGradient(after: network.layers.count - 1, batch) }

  /// The targets of the loaded batch.
  func targets(batch: Int) -> BatchTargets<S> {
    BatchTargets(
      labels: targetKind == .values ? nil : UnsafePointer(labels.baseAddress),
      values: targetKind.needsValues
        ? MatrixView(UnsafePointer(values.baseAddress), rows: batch, columns: outputCount) : nil)
  }

  /// The loss of the outputs, shared out by rows; where it is asked for, the gradient of what they contribute to the
  /// mean loss of `examples` examples is written.
  func evaluate(
    _ loss: Loss, smoothing: Double = 0, outputs: MatrixView<S>, gradient: MutableMatrixView<S>?, of examples: Int
  ) -> LossResult {
    let task = LossTask(
      instructionSet: context.instructionSet, loss: loss, smoothing: smoothing, outputs: outputs,
      targets: targets(batch: outputs.rows), scale: 1 / S(examples),
      gradient: gradient, sums: partialSums.baseAddress, stride: WorkspaceLayout<S>.partialSumStride)
    // A softmax row of ten classes costs about 50 ns.
    let threads = outputs.rows >= 64 ? team.threads : 1
    if threads > 1 { team.run(task) } else { task.run(thread: 0, of: 1) }
    var total = 0.0
    var correct = 0.0
    for thread in 0..<threads {
      total += partialSums.baseAddress[thread * WorkspaceLayout<S>.partialSumStride]
      correct += partialSums.baseAddress[thread * WorkspaceLayout<S>.partialSumStride + 1]
    }
    return LossResult(total: total, correct: targetKind == .values ? nil : Int(correct), examples: outputs.rows)
  }

  private func pass(
    _ layer: Int, batch: Int, place: PassPlace?, gradient: UnsafeMutablePointer<S>? = nil,
    update: LayerUpdate<S>? = nil, phases: StepPhaseTimes? = nil
  ) -> LayerPass<S> {
    var place = place
    place?.layer = layer
    return LayerPass(
      input: (layer == 0 ? padded(input, batch, layout.widths[0]) : output(of: layer - 1, batch: batch)).readOnly,
      output: output(of: layer, batch: batch),
      saved: MutableMatrixView(saved[layer].baseAddress, rows: batch, columns: layout.savedCounts[layer]),
      outputGradient: gradient == nil ? nil : travellingGradient(after: layer, batch),
      inputGradient: gradient == nil || layer == 0 ? nil : travellingGradient(after: layer - 1, batch),
      slots: network.slots[network.slotStarts[layer]..<network.slotStarts[layer + 1]],
      parameters: network.parameters.baseAddress, gradient: gradient, update: update,
      scratch: gradient == nil ? nil : scratch, place: place,
      context: context, phases: phases, team: team)
  }

  private func output(of layer: Int, batch: Int) -> MutableMatrixView<S> {
    padded(outputs[layer], batch, layout.widths[layer + 1])
  }

  private func travellingGradient(after layer: Int, _ batch: Int) -> MutableMatrixView<S> {
    padded(travelling[layer], batch, layout.widths[layer + 1])
  }

  private func padded(_ buffer: AlignedBuffer<S>, _ batch: Int, _ width: Int) -> MutableMatrixView<S> {
    MutableMatrixView(buffer.baseAddress, rows: batch, columns: width, rowStride: paddedRowStride(width))
  }
}

/// Each thread evaluates its rows and leaves its sums in a place of its own.
private struct LossTask<S: Scalar>: TeamTask {
  let instructionSet: InstructionSet
  let loss: Loss
  let smoothing: Double
  let outputs: MatrixView<S>
  let targets: BatchTargets<S>
  let scale: S
  let gradient: MutableMatrixView<S>?
  let sums: UnsafeMutablePointer<Double>
  let stride: Int

  func run(thread: Int, of threads: Int) {
    let rows = workShare(of: outputs.rows, thread: thread, threads: threads)
    let part = loss.evaluate(
      rows: rows, outputs: outputs, targets: targets, smoothing: smoothing, scale: scale, gradient: gradient,
      instructionSet: instructionSet)
    sums[thread * stride] = part.total
    sums[thread * stride + 1] = Double(part.correct)
  }
}
