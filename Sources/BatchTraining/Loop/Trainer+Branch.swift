import BatchAlgebra

extension Trainer {
  /// Begins this run where another run of the same network stands, as a branch of it: with its parameters, running
  /// buffers, optimizer state and averages, and at its place in the data.
  ///
  /// All of that is copied in memory. Batch size, learning rate and schedules are this run's own from there on; schedules
  /// count examples, and so does the place, so that the next examples are the ones that come next in the other run. With
  /// the other's plan and optimizer the branch goes on with its very bits. Optimizer state is taken as it is: momentum
  /// keeps the direction of the smaller batches for its first 1/(1 − β) updates. What quantities have seen stays with the
  /// other run.
  ///
  /// - Throws: ``TrainingError/plan(_:)`` when this run has begun, or the two differ in network, number of examples,
  ///   seed, regularisation or in what state their optimizers have.
  public func branch(from other: Trainer<S>) throws(TrainingError) {
    guard progress.update == 0 else { throw .plan("a run becomes a branch of another before its first update") }
    if let difference = difference(from: other) { throw .plan("a branch has the \(difference) of the run it leaves") }
    for (own, others) in zip(vectors, other.vectors) {
      _ = own.elements.update(fromContentsOf: others.elements)
      if let network = own.buffersOf, let source = others.buffersOf { network.copyBuffers(from: source) }
    }
    progress = other.progress
    // A larger batch may not fit into what is left of the epoch.
    if progress.place > 0 { advance(by: 0) }
    step.restore(updates: progress.update)
    average?.count = progress.averaged
  }

  /// The first thing in which a branch may not differ from the run that it leaves, and does.
  private func difference(from other: Trainer<S>) -> String? {
    let (network, others) = (step.network, other.step.network)
    guard network.graph.modelText == others.graph.modelText, network.inputShape == others.inputShape,
      network.slots == others.slots
    else { return "network" }
    if exampleCount != other.exampleCount { return "number of examples" }
    if plan.seed != other.plan.seed { return "seed" }
    if plan.regularisation != other.plan.regularisation { return "regularisation" }
    return step.optimizer.stateNames == other.step.optimizer.stateNames ? nil : "kind of optimizer"
  }
}
