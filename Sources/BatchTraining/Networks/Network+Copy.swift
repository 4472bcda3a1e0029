import BatchAlgebra

extension Network {
  /// A network of the same layout with parameters of its own, at first the same.
  ///
  /// - Throws: ``ModelError/allocation(_:)`` when memory is short.
  public convenience init(copying other: Network) throws(ModelError) {
    do {
      self.init(other, parameters: try AlignedBuffer(count: other.parameters.count))
    } catch {
      throw .allocation(error)
    }
    copyParameters(from: other)
  }

  /// Sets the parameters to those of a network of the same layout, such as a copy of this one.
  public func copyParameters(from other: Network) {
    precondition(slots == other.slots, "networks of different layouts have no parameters in common")
    parameters.baseAddress.update(from: other.parameters.baseAddress, count: parameters.count)
  }
}
