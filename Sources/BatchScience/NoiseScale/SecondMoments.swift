import BatchAlgebra
import BatchTraining
import Glibc

/// The factor p = 1/(√v̂ + ε) by which an adaptive optimizer multiplies each element of the gradient.
///
/// v is the second moment as the update has it, its own gradient counted: v ← κv + ωg², and v̂ = v times a correction.
/// That is Adam's, AdamW's and LAMB's rule (Kingma & Ba 2015, algorithm 1), RMSProp's, centred or not, and Adagrad's.
/// What weight decay adds to the gradient in Adam and RMSProp is left out.
struct SecondMoments {
  /// The index of v among the optimizer's state vectors.
  let square: Int
  /// The index of the mean whose square is taken off v; nil where none is.
  let mean: Int?
  private let kept: Double
  private let share: Double
  private let correction: Double
  private let epsilon: Double

  /// The factors in an update; nil for an optimizer that does not scale steps by second moments.
  init?(_ optimizer: any Optimizer, update: Int) {
    let names = optimizer.stateNames
    if let adagrad = optimizer as? Adagrad, let square = names.firstIndex(of: "sum") {
      (self.square, mean, kept, share, correction, epsilon) = (square, nil, 1, 1, 1, adagrad.epsilon)
      return
    }
    guard let adaptive = optimizer as? any AdaptiveOptimizer else { return nil }
    (kept, share, epsilon) = (adaptive.beta2, 1 - adaptive.beta2, adaptive.epsilon)
    if let square = names.firstIndex(of: "exp_avg_sq") {
      (self.square, mean) = (square, nil)
      correction = 1 / (1 - pow(adaptive.beta2, Double(update)))
    } else if let square = names.firstIndex(of: "square_avg") {
      (self.square, mean, correction) = (square, names.firstIndex(of: "grad_avg"), 1)
    } else {
      return nil
    }
  }

  /// The moments of the preconditioned gradients p ⊙ gᵢ of some parameters, from their mean and mean squares.
  ///
  /// The range begins and ends at multiples of 4; what pads parameters has gradients of 0.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func moments<S: Scalar>(
    of range: Range<Int>, examples: Int, gradient: UnsafeBufferPointer<S>, elementSquares: UnsafeBufferPointer<S>,
    state: [UnsafeBufferPointer<S>]
  ) -> GradientMoments {
    let squares = state[square]
    let means = mean.map { state[$0] }
    var exampleSums = SIMD4<Double>()
    var meanSums = SIMD4<Double>()
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      let g = fourElements(gradient, index)
      let gg = g * g
      var v = kept * fourElements(squares, index) + share * gg
      if let means {
        let m = kept * fourElements(means, index) + share * g
        v = pointwiseMax(v - m * m, SIMD4())
      }
      let root = (correction * v).squareRoot() + epsilon
      let factor = 1 / (root * root)
      exampleSums += factor * fourElements(elementSquares, index)
      meanSums += factor * gg
    }
    return GradientMoments(
      examples: examples, exampleSquares: Double(examples) * exampleSums.sum(), meanSquare: meanSums.sum())
  }
}
