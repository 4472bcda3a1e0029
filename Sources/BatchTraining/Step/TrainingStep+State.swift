import BatchAlgebra

/// What a checkpoint keeps of a step: the optimizer's state vectors by name, and the number of updates.
extension TrainingStep {
  /// One of the optimizer's state vectors, in the parameters' layout, for as long as the step lives.
  ///
  /// The name is one of the optimizer's ``Optimizer/stateNames``.
  public func stateVector(_ name: String) -> UnsafeMutableBufferPointer<S> {
    guard let index = optimizer.stateNames.firstIndex(of: name), let start = state[index, at: 0] else {
      preconditionFailure("\(optimizer) has no state \(name)")
    }
    return UnsafeMutableBufferPointer(start: start, count: state.stride)
  }

  /// The elements that belong to one parameter in one of the optimizer's state vectors, in the shape's row-major order.
  public func stateValues(_ name: String, of slot: ParameterSlot) -> [S] {
    network.values(of: slot, in: stateVector(name))
  }

  /// Sets the elements that belong to one parameter in one of the optimizer's state vectors.
  public func setStateValues(_ name: String, of slot: ParameterSlot, _ values: [S]) {
    network.setValues(of: slot, values, in: stateVector(name))
  }

  /// Goes on as if so many updates had been made: Adam's corrections and Adagrad's rate depend on the number.
  public func restore(updates: Int) {
    precondition(updates >= 0, "there cannot have been \(updates) updates")
    self.updates = updates
  }
}
