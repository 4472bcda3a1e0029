public import BatchAlgebra
import BatchFormats

extension Checkpoint {
  /// The network that the checkpoint holds: with the averaged weights where there are any, else as it was trained.
  ///
  /// Numbers of the other precision are converted. Without a context it computes in that of the run; evaluation on
  /// another machine or number of threads gives one of its own.
  ///
  /// - Throws: ``CheckpointError`` where the model has other parameters than the checkpoint, or it cannot be read.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func network<S: Scalar>(
    _ model: Sequential, as scalar: S.Type = S.self, context: ComputeContext? = nil
  ) throws(CheckpointError) -> Network<S> {
    var context = context ?? record.context
    context.precision = S.precision
    try requireWhole(try building { () throws(ModelError) in try ModelGraph(model, context: context) }, of: S.self)
    let network = try building { () throws(ModelError) in
      try Network<S>(model, seed: record.plan.seed, context: context)
    }
    for slot in network.slots {
      network.setValues(of: slot, try values(prefix + slot.name, count: slot.count, as: S.self))
    }
    for slot in network.bufferSlots {
      network.setValues(of: slot, try values(prefix + slot.name, count: slot.count, as: S.self))
    }
    return network
  }

  /// What the names of the tensors that a network is made of begin with.
  private var prefix: String { record.progress.averaged > 0 ? "average." : "" }

  /// Refuses a model that is not the file's, or of which it does not hold every parameter, before memory is asked for.
  private func requireWhole<S: Scalar>(_ graph: ModelGraph, of scalar: S.Type) throws(CheckpointError) {
    let inputShape = graph.values[0].dimensions
    guard graph.modelText == record.layers, inputShape == record.inputShape else {
      throw .mismatch(
        path: path,
        differences: [
          "layers (there \(record.layers) on \(record.inputShape), here \(graph.modelText) on \(inputShape))"
        ])
    }
    let layout = try building { () throws(ModelError) in try ParameterLayout(graph, of: scalar) }
    for slot in layout.slots { try requireTensor(prefix + slot.name, count: slot.count) }
    for slot in layout.bufferSlots { try requireTensor(prefix + slot.name, count: slot.count) }
  }

  private func building<R>(_ body: () throws(ModelError) -> R) throws(CheckpointError) -> R {
    do {
      return try body()
    } catch .allocation(let error) {
      throw .memory(error)
    } catch {
      throw .foreign(path: path, reason: error.description)
    }
  }

  private func requireTensor(_ name: String, count: Int) throws(CheckpointError) {
    let tensor: TensorDescription
    do {
      tensor = try file.requireTensor(name)
    } catch {
      throw .unreadable(error)
    }
    guard tensor.count == count else {
      throw .mismatch(path: path, differences: ["the tensor '\(name)' has \(tensor.count) elements, not \(count)"])
    }
  }

  /// A tensor's elements, those of the other precision converted.
  func values<S: Scalar>(_ name: String, count: Int, as scalar: S.Type) throws(CheckpointError) -> [S] {
    try requireTensor(name, count: count)
    do {
      return try file.array(name).numbers()
    } catch {
      throw .unreadable(error)
    }
  }
}
