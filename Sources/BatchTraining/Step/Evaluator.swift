public import BatchAlgebra
public import BatchData
import Glibc

/// Runs a network over a data set in large batches, without training it.
public final class Evaluator<S: Scalar> {
  private let workspace: Workspace<S>
  private let network: Network<S>
  private let loss: Loss
  private let dataset: Dataset
  private let indices: [Int32]

  /// The largest number of examples that go through the network at once.
  public static var batchSize: Int { 512 }

  /// Plans the evaluation of a data set.
  ///
  /// - Throws: ``ModelError`` when network, data and loss do not fit or memory is short.
  public init(_ network: Network<S>, on dataset: Dataset, loss: Loss, team: ThreadTeam) throws(ModelError) {
    guard network.inputCount == dataset.featureCount else {
      throw .mismatch(
        "the network takes \(network.inputCount) inputs and the data has \(dataset.featureCount) features")
    }
    let targets = try TargetKind(loss: loss, dataset: dataset, outputs: network.outputCount)
    let capacity = max(1, min(Self.batchSize, dataset.count))
    workspace = try Workspace(
      network, layout: WorkspaceLayout(network, targets: targets, trains: false, team: team), targets: targets,
      capacity: capacity, team: team)
    self.network = network
    self.loss = loss
    self.dataset = dataset
    indices = Array(0..<Int32(dataset.count))
  }

  /// The loss and accuracy over the whole data set.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate() -> LossResult {
    var sum = LossResult(total: 0, correct: nil, examples: 0)
    forEachBatch { outputs, _ in
      sum.add(workspace.evaluate(loss, outputs: outputs, gradient: nil, of: outputs.rows))
    }
    return sum
  }

  /// The network's outputs turned into probabilities, [examples, outputs]: softmax over classes, the logistic function
  /// for binary cross-entropy, the outputs themselves for mean squared error.
  ///
  /// - Throws: ``ModelError/allocation(_:)`` when memory is short.
  public func predictions() throws(ModelError) -> Matrix<S> { try labelledPredictions().predictions }

  /// The same with the class that each example is taken for, decided from the outputs as ``evaluate()`` does it.
  ///
  /// - Throws: ``ModelError/allocation(_:)`` when memory is short.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func labelledPredictions() throws(ModelError) -> LabelledPredictions<S> {
    do {
      var result = try Matrix<S>(rows: dataset.count, columns: network.outputCount)
      var classes: [Int?] = []
      classes.reserveCapacity(dataset.count)
      result.withMutableView { view in
        forEachBatch { outputs, first in
          write(outputs, into: view.block(rows: first..<first + outputs.rows, columns: 0..<outputs.columns))
          for i in 0..<outputs.rows {
            classes.append(loss.predictedClass(outputs.row(i), count: outputs.columns))
          }
        }
      }
      return LabelledPredictions(predictions: result, classes: classes)
    } catch {
      throw .allocation(error)
    }
  }

  private func write(_ outputs: MatrixView<S>, into block: MutableMatrixView<S>) {
    switch loss {
    case .softmaxCrossEntropy:
      S.kernelSoftmax(
        network.context.instructionSet, outputs.rows, outputs.columns, outputs.baseAddress, outputs.rowStride,
        block.baseAddress, block.rowStride)
    case .binaryCrossEntropy, .meanSquaredError:
      for i in 0..<outputs.rows {
        for j in 0..<outputs.columns {
          let value = outputs[i, j]
          block[i, j] = loss == .binaryCrossEntropy ? 1 / (1 + S(exp(-Double(value)))) : value
        }
      }
    }
  }

  private func forEachBatch(_ body: (_ outputs: MatrixView<S>, _ first: Int) -> Void) {
    indices.withUnsafeBufferPointer { all in
      for first in stride(from: 0, to: all.count, by: workspace.capacity) {
        let batch = UnsafeBufferPointer(rebasing: all[first..<min(first + workspace.capacity, all.count)])
        workspace.load(dataset, batch)
        body(workspace.forward(batch: batch.count), first)
      }
    }
  }
}
