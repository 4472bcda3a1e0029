import BatchAlgebra

extension TrainingStep {
  /// The layers with the largest activation and the largest gradient for a batch, to explain a loss that is no number.
  ///
  /// Computes the gradient anew; of a batch in micro-batches the activations are those of the last.
  func extremes(
    _ indices: UnsafeBufferPointer<Int32>
  ) -> (activation: Divergence.Extreme?, gradient: Divergence.Extreme?) {
    _ = computeGradient(indices)
    func name(_ layer: Int) -> String { "layers.\(layer) (\(network.layers[layer]))" }
    let activations = network.layers.indices.map { layer in
      Divergence.Extreme(layer: name(layer), magnitude: workspace.largestActivation(of: layer))
    }
    let gradients = network.layers.indices.compactMap { layer -> Divergence.Extreme? in
      let slots = network.slots[network.slotStarts[layer]..<network.slotStarts[layer + 1]]
      guard let first = slots.first, let last = slots.last else { return nil }
      let magnitude = largestMagnitude(gradient.elements[first.offset..<last.offset + last.storedCount])
      return Divergence.Extreme(layer: name(layer), magnitude: magnitude)
    }
    return (
      activations.first { !$0.magnitude.isFinite } ?? activations.max { $0.magnitude < $1.magnitude },
      gradients.last { !$0.magnitude.isFinite } ?? gradients.max { $0.magnitude < $1.magnitude }
    )
  }
}

/// The largest |x|; NaN where there is one.
func largestMagnitude<S: Scalar>(_ elements: some Sequence<S>) -> Double {
  var largest = 0.0
  for element in elements {
    let magnitude = Double(abs(element))
    if magnitude.isNaN { return magnitude }
    largest = max(largest, magnitude)
  }
  return largest
}
