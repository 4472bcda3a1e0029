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
    let network: Network<S>
    do {
      network = try Network<S>(model, seed: record.plan.seed, context: context)
    } catch .allocation(let error) {
      throw .memory(error)
    } catch {
      throw .foreign(path: path, reason: error.description)
    }
    guard network.graph.modelText == record.layers, network.inputShape == record.inputShape else {
      throw .mismatch(
        path: path,
        differences: [
          "layers (there \(record.layers) on \(record.inputShape), here \(network.graph.modelText) on "
            + "\(network.inputShape))"
        ])
    }
    let prefix = record.progress.averaged > 0 ? "average." : ""
    for slot in network.slots {
      network.setValues(of: slot, try values(prefix + slot.name, count: slot.count, as: S.self))
    }
    for slot in network.bufferSlots {
      network.setValues(of: slot, try values(prefix + slot.name, count: slot.count, as: S.self))
    }
    return network
  }

  /// A tensor's elements, those of the other precision converted.
  func values<S: Scalar>(_ name: String, count: Int, as scalar: S.Type) throws(CheckpointError) -> [S] {
    let array: StoredArray
    do {
      array = try file.array(name)
    } catch {
      throw .unreadable(error)
    }
    guard array.count == count else {
      throw .mismatch(path: path, differences: ["the tensor '\(name)' has \(array.count) elements, not \(count)"])
    }
    return array.numbers()
  }
}
