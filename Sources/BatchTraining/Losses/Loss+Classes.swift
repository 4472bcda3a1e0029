import BatchAlgebra

extension Loss {
  /// The class that an example's outputs stand for: the largest, of equals the first; a single output of two classes
  /// stands for the second where it is above what lies halfway.
  ///
  /// Nil where they stand for none, as with a NaN among them, or an infinite one for softmax.
  ///
  /// It is the outputs that decide, and not the probabilities: of two large logits both round to a probability of 1.
  func predictedClass<S: Scalar>(_ outputs: UnsafePointer<S>, count: Int) -> Int? {
    if count == 1, self != .softmaxCrossEntropy {
      // A logit is positive for the second class; a fitted value is nearer to 1 than to 0 above one half.
      let halfway: S = self == .binaryCrossEntropy ? 0 : 0.5
      return outputs[0].isNaN ? nil : outputs[0] > halfway ? 1 : 0
    }
    var largest = 0
    for j in 0..<count {
      if outputs[j].isNaN { return nil }
      if outputs[j] > outputs[largest] { largest = j }
    }
    return self == .softmaxCrossEntropy && !outputs[largest].isFinite ? nil : largest
  }
}
