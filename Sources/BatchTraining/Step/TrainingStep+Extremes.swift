import BatchAlgebra

extension TrainingStep {
  /// The layers with the largest activation and the largest gradient for a batch, to explain a loss that is no number.
  ///
  /// Computes the gradient anew, with the activations of every micro-batch looked at.
  func extremes(
    _ indices: UnsafeBufferPointer<Int32>
  ) -> (activation: Divergence.Extreme?, gradient: Divergence.Extreme?) {
    var magnitudes = [Double](repeating: 0, count: network.layers.count)
    _ = computeGradient(indices) { examples in
      for layer in magnitudes.indices {
        magnitudes[layer] = largestMagnitude([
          magnitudes[layer], workspace.largestActivation(of: layer, batch: examples),
        ])
      }
    }
    func name(_ layer: Int) -> String { "layers.\(layer) (\(network.layers[layer]))" }
    let activations = network.layers.indices.map { layer in
      Divergence.Extreme(layer: name(layer), magnitude: magnitudes[layer])
    }
    let gradients = network.layers.indices.compactMap { layer -> Divergence.Extreme? in
      let slots = network.slots(ofLayer: layer)
      guard !slots.isEmpty else { return nil }
      // What pads parameters is 0 times something here, and of something infinite no number.
      let values = slots.lazy.flatMap { self.network.values(of: $0, in: self.gradient) }
      return Divergence.Extreme(layer: name(layer), magnitude: largestMagnitude(values))
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
