import BatchAlgebra

/// What a checkpoint keeps of a step: the optimizer's state vectors by name, and the number of updates.
extension TrainingStep {
  /// One of the optimizer's state vectors, in the parameters' layout, for as long as the step lives.
  ///
  /// The name is one of the optimizer's ``Optimizer/stateNames``. `values(of:in:)` and `setValues(of:_:in:)` of the
  /// ``Network`` give and set what belongs to one parameter.
  public func stateVector(_ name: String) -> UnsafeMutableBufferPointer<S> {
    guard let index = optimizer.stateNames.firstIndex(of: name), let start = state[index, at: 0] else {
      preconditionFailure("\(optimizer) has no state \(name)")
    }
    return UnsafeMutableBufferPointer(start: start, count: state.stride)
  }

  /// Goes on as if so many updates had been made: Adam's corrections and Adagrad's rate depend on the number.
  public func restore(updates: Int) {
    precondition(updates >= 0, "there cannot have been \(updates) updates")
    self.updates = updates
  }
}
