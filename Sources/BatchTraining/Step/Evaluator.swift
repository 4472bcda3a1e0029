public import BatchAlgebra
public import BatchData

/// Runs a network over a data set in large batches, without training it.
public final class Evaluator<S: Scalar> {
  private let workspace: Workspace<S>
  private let network: Network<S>
  private let loss: any Loss
  private let dataset: Dataset
  private let indices: [Int32]

  /// The largest number of examples that go through the network at once.
  public static var batchSize: Int { 512 }

  /// Plans the evaluation of a data set.
  ///
  /// - Throws: ``ModelError`` when network, data and loss do not fit or memory is short.
  public init(_ network: Network<S>, on dataset: Dataset, loss: any Loss, team: ThreadTeam) throws(ModelError) {
    try network.graph.requireInput(dataset.exampleShape)
    let targets = try TargetKind(loss: loss, dataset: dataset, outputs: network.outputCount)
    workspace = try Workspace(
      network,
      lengths: WorkspaceLengths(
        network.graph, needsValues: targets.needsValues, trains: false, threads: team.threads),
      targets: targets, capacity: max(1, min(Self.batchSize, dataset.count)), team: team)
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

  /// The network's outputs turned into predictions by the loss, [examples, outputs]: softmax over classes, the logistic
  /// function for binary cross-entropy, the outputs themselves for mean squared error.
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
          loss.predict(
            outputs, into: view.block(rows: first..<first + outputs.rows, columns: 0..<outputs.columns),
            network.context)
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

  private func forEachBatch(_ body: (_ outputs: MatrixView<S>, _ first: Int) -> Void) {
    indices.withUnsafeBufferPointer { all in
      for first in stride(from: 0, to: all.count, by: workspace.capacity) {
        let batch = UnsafeBufferPointer(rebasing: all[first..<min(first + workspace.capacity, all.count)])
        dataset.gather(batch, into: workspace.examples(batch.count), team: workspace.team)
        workspace.prepareTargets(batch.count)
        body(workspace.forward(batch: batch.count), first)
      }
    }
  }
}

extension Network {
  /// The outputs for inputs without targets: [examples, outputs] from [examples, features].
  ///
  /// With a loss they are turned into predictions, such as probabilities of classes. Without a team the network's
  /// number of threads is started for this call: whoever predicts often keeps one.
  ///
  /// - Throws: ``ModelError`` for inputs of another width, when threads cannot be had or memory is short.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func predict(
    _ inputs: Matrix<S>, loss: (any Loss)? = nil, team: ThreadTeam? = nil
  ) throws(ModelError) -> Matrix<S> {
    guard inputs.columns == inputCount else {
      throw .mismatch("the network takes \(inputCount) inputs and the matrix has \(inputs.columns) columns")
    }
    let ownTeam: ThreadTeam
    do throws(ThreadTeamError) {
      ownTeam = if let team { team } else { try ThreadTeam(threads: context.threads) }
    } catch {
      throw .mismatch(error.description)
    }
    let workspace = try Workspace(
      self,
      lengths: WorkspaceLengths(
        graph, needsValues: false, trains: false, threads: ownTeam.threads),
      targets: .classes, capacity: max(1, min(Evaluator<S>.batchSize, inputs.rows)), team: ownTeam)
    var result: Matrix<S>
    do {
      result = try Matrix(rows: inputs.rows, columns: outputCount)
    } catch {
      throw .allocation(error)
    }
    let context = context
    result.withMutableView { view in
      inputs.withView { inputs in
        for first in stride(from: 0, to: inputs.rows, by: workspace.capacity) {
          let count = min(workspace.capacity, inputs.rows - first)
          let features = workspace.examples(count).features
          for i in 0..<count { features.row(i).update(from: inputs.row(first + i), count: inputs.columns) }
          let outputs = workspace.forward(batch: count)
          let target = view.block(rows: first..<first + count, columns: 0..<outputs.columns)
          if let loss {
            loss.predict(outputs, into: target, context)
          } else {
            for i in 0..<count { target.row(i).update(from: outputs.row(i), count: outputs.columns) }
          }
        }
      }
    }
    return result
  }
}
