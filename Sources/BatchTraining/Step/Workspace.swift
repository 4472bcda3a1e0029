import BatchAlgebra
import BatchData

/// The memory of a network's passes for batches of up to `capacity` examples, allocated once.
///
/// Holds the gathered batch, every layer's output and saved values, and, for training, the gradients that travel
/// backwards: two buffers in turn, since a layer needs only its own.
final class Workspace<S: Scalar>: Sendable {
  let capacity: Int
  let network: Network<S>
  let team: ThreadTeam
  private let input: AlignedBuffer<S>
  private let labels: AlignedBuffer<Int32>
  private let values: AlignedBuffer<S>
  private let outputs: [AlignedBuffer<S>]
  private let saved: [AlignedBuffer<S>]
  private let savedCounts: [Int]
  private let travelling: [AlignedBuffer<S>]
  /// One cache line of partial sums a thread.
  private let partialSums: AlignedBuffer<Double>
  private let targetKind: TargetKind
  private let outputCount: Int

  private static var partialSumStride: Int { 8 }

  init(
    network: Network<S>, targets: TargetKind, capacity: Int, trains: Bool, team: ThreadTeam
  ) throws(ModelError) {
    self.capacity = capacity
    self.network = network
    self.team = team
    targetKind = targets
    outputCount = network.outputCount
    savedCounts = zip(network.layers, network.shapes).map { $0.savedCount(for: $1) }
    let widths = network.shapes.map { $0.reduce(1, *) }
    do {
      input = try AlignedBuffer(count: capacity * widths[0])
      labels = try AlignedBuffer(count: capacity)
      values = try AlignedBuffer(count: targets.needsValues ? capacity * outputCount : 0)
      var outputs: [AlignedBuffer<S>] = []
      var saved: [AlignedBuffer<S>] = []
      for (layer, width) in widths.dropFirst().enumerated() {
        outputs.append(try AlignedBuffer(count: capacity * width))
        saved.append(try AlignedBuffer(count: capacity * savedCounts[layer]))
      }
      self.outputs = outputs
      self.saved = saved
      let widest = widths.dropFirst().max() ?? 0
      travelling =
        trains ? [try AlignedBuffer(count: capacity * widest), try AlignedBuffer(count: capacity * widest)] : []
      partialSums = try AlignedBuffer(count: team.threads * Self.partialSumStride)
    } catch {
      throw .allocation(error)
    }
  }

  /// Copies the examples with the given indices into the batch.
  func load(_ dataset: Dataset, _ indices: UnsafeBufferPointer<Int32>) {
    let batch = indices.count
    let features = MutableMatrixView(input.baseAddress, rows: batch, columns: network.inputCount)
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

  /// Runs the layers from input to output and returns the outputs, [batch, outputs].
  func forward(batch: Int) -> MatrixView<S> {
    for layer in network.layers.indices { network.layers[layer].forward(pass(layer, batch: batch, gradient: nil)) }
    return output(of: network.layers.count - 1, batch: batch).readOnly
  }

  /// Runs the layers from output to input; the gradient of the outputs is in ``outputGradient(batch:)``.
  func backward(batch: Int, gradient: UnsafeMutablePointer<S>) {
    for layer in network.layers.indices.reversed() {
      network.layers[layer].backward(pass(layer, batch: batch, gradient: gradient))
    }
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

  /// The loss of the outputs, shared out by rows; the gradient of the mean loss is written where it is asked for.
  func evaluate(_ loss: Loss, outputs: MatrixView<S>, gradient: MutableMatrixView<S>?) -> LossResult {
    let task = LossTask(
      loss: loss, outputs: outputs, targets: targets(batch: outputs.rows), scale: 1 / S(outputs.rows),
      gradient: gradient, sums: partialSums.baseAddress, stride: Self.partialSumStride)
    // A softmax row of ten classes costs about 50 ns.
    let threads = outputs.rows >= 64 ? team.threads : 1
    if threads > 1 { team.run(task) } else { task.run(thread: 0, of: 1) }
    var total = 0.0
    var correct = 0.0
    for thread in 0..<threads {
      total += partialSums.baseAddress[thread * Self.partialSumStride]
      correct += partialSums.baseAddress[thread * Self.partialSumStride + 1]
    }
    return LossResult(total: total, correct: targetKind == .values ? nil : Int(correct), examples: outputs.rows)
  }

  private func pass(_ layer: Int, batch: Int, gradient: UnsafeMutablePointer<S>?) -> LayerPass<S> {
    let inputs =
      layer == 0
      ? MutableMatrixView(input.baseAddress, rows: batch, columns: network.inputCount)
      : output(of: layer - 1, batch: batch)
    return LayerPass(
      input: inputs.readOnly, output: output(of: layer, batch: batch),
      saved: MutableMatrixView(saved[layer].baseAddress, rows: batch, columns: savedCounts[layer]),
      outputGradient: gradient == nil ? nil : travellingGradient(after: layer, batch),
      inputGradient: gradient == nil || layer == 0 ? nil : travellingGradient(after: layer - 1, batch),
      slots: network.slots[network.slotStarts[layer]..<network.slotStarts[layer + 1]],
      parameters: network.parameters.baseAddress, gradient: gradient, team: team)
  }

  private func output(of layer: Int, batch: Int) -> MutableMatrixView<S> {
    MutableMatrixView(outputs[layer].baseAddress, rows: batch, columns: outputs[layer].count / capacity)
  }

  private func travellingGradient(after layer: Int, _ batch: Int) -> MutableMatrixView<S> {
    MutableMatrixView(
      travelling[layer % 2].baseAddress, rows: batch, columns: outputs[layer].count / capacity)
  }
}

/// Each thread evaluates its rows and leaves its sums in a place of its own.
private struct LossTask<S: Scalar>: TeamTask {
  let loss: Loss
  let outputs: MatrixView<S>
  let targets: BatchTargets<S>
  let scale: S
  let gradient: MutableMatrixView<S>?
  let sums: UnsafeMutablePointer<Double>
  let stride: Int

  func run(thread: Int, of threads: Int) {
    let rows = workShare(of: outputs.rows, thread: thread, threads: threads)
    let part = loss.evaluate(rows: rows, outputs: outputs, targets: targets, scale: scale, gradient: gradient)
    sums[thread * stride] = part.total
    sums[thread * stride + 1] = Double(part.correct)
  }
}
