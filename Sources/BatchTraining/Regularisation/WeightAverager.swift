public import BatchAlgebra

/// Keeps a mean of a network's weights over the updates of a training run, in a network of its own.
///
/// That network is evaluated like any other, and its parameters with ``count`` are all there is to save and read back.
/// It takes as many bytes as the parameters, and an update of the average reads and writes them once; it allocates
/// nothing.
public final class WeightAverager<S: Scalar> {
  /// The kind of mean.
  public let averaging: WeightAveraging
  /// The network with the averaged weights; before the first ones it has the weights that training began with.
  public let network: Network<S>
  /// The number of weights in the mean; set it, with the network's parameters, to resume from a checkpoint.
  public var count = 0

  private let source: Network<S>
  private let team: ThreadTeam

  /// An average of the network's weights that has none in it yet.
  ///
  /// - Throws: ``ModelError`` for settings that make no sense, or when memory is short.
  public init(_ averaging: WeightAveraging, of network: Network<S>, team: ThreadTeam) throws(ModelError) {
    do {
      try averaging.requireValid()
    } catch {
      throw .mismatch(error.description)
    }
    self.averaging = averaging
    self.network = try Network(copying: network)
    source = network
    self.team = team
  }

  /// Takes the weights into the mean where this is the moment for it; called after each update, before which the
  /// training stood at `start`, and which goes on at `end`.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update(from start: TrainingPosition, to end: TrainingPosition) {
    guard averaging.includes(updateFrom: start, to: end) else { return }
    if count == 0 {
      network.copyParameters(from: source)
    } else {
      team.run(
        AveragingTask(
          instructionSet: network.context.instructionSet, count: source.parameters.count,
          share: S(averaging.share(after: count)),
          weights: UnsafePointer(source.parameters.baseAddress), average: network.parameters.baseAddress))
    }
    // Running means are no weights: those of the trained network belong to the newest of the averaged ones.
    network.copyBuffers(from: source)
    count += 1
  }
}

/// Each thread averages a part of the weights.
private struct AveragingTask<S: Scalar>: VectorTask {
  let instructionSet: InstructionSet
  let count: Int
  let share: S
  let weights: UnsafePointer<S>
  let average: UnsafeMutablePointer<S>

  func run(_ part: Range<Int>, thread: Int) {
    S.kernelApproach(instructionSet, part.count, share, weights + part.lowerBound, average + part.lowerBound)
  }
}
