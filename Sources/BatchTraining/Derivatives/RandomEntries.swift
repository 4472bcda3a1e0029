public import BatchAlgebra
public import BatchFoundation

/// How the elements of a random vector are drawn, each by itself.
public enum RandomEntries: Sendable, Hashable {
  /// From the standard normal distribution: every direction is equally likely.
  case normal
  /// −1 or 1, equally likely.
  case signs
  /// Evenly over −1 … 1.
  case uniform

  /// Fills a vector with draws from a stream.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func fill<S: Scalar>(_ vector: UnsafeMutableBufferPointer<S>, from stream: inout RandomStream) {
    for i in vector.indices { vector[i] = draw(from: &stream) }
  }

  func draw<S: Scalar>(from stream: inout RandomStream) -> S {
    switch self {
    case .normal: S(stream.normal())
    case .signs: stream.next() >> 63 == 0 ? 1 : -1
    case .uniform: S(2 * stream.uniform() - 1)
    }
  }
}

extension Network {
  /// Fills a vector that is laid out like the parameters with draws from a stream; what pads parameters becomes 0.
  ///
  /// The draws go through the parameters in their order, and through each row-major: the same stream gives the same
  /// vector for every engine and instruction set.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func fill(
    _ vector: UnsafeMutableBufferPointer<S>, with entries: RandomEntries, from stream: inout RandomStream
  ) {
    precondition(
      vector.count == parameters.count,
      "a vector of \(vector.count) elements is not laid out like \(parameters.count)")
    vector.update(repeating: 0)
    for slot in slots {
      for index in 0..<slot.count { vector[slot.storedIndex(of: index)] = entries.draw(from: &stream) }
    }
  }
}
