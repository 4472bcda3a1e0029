/// What the gradients of a batch of examples say of their mean and their scatter: Σ|gᵢ|² and |ḡ|².
///
/// Of one layer or of all parameters. The gradient gᵢ is that of example i's own loss, and ḡ that of the mean loss, so
/// that ḡ is the mean of the gᵢ; weight decay and clipping are in neither.
public struct GradientMoments: Sendable, Hashable, Codable, BitwiseCopyable {
  /// B, the number of examples.
  public var examples: Int
  /// Σ|gᵢ|², the sum of the squared norms of the examples' gradients.
  public var exampleSquares: Double
  /// |ḡ|², the squared norm of the gradient of the mean loss.
  public var meanSquare: Double

  /// Moments with all of their parts.
  public init(examples: Int, exampleSquares: Double, meanSquare: Double) {
    self.examples = examples
    self.exampleSquares = exampleSquares
    self.meanSquare = meanSquare
  }

  /// Ŝ = (Σ|gᵢ|² − B|ḡ|²)/(B − 1), an unbiased estimate of the trace of the covariance of the examples' gradients.
  ///
  /// NaN for a batch of one, whose gradient does not scatter (McCandlish 2018, arXiv 1812.06162, eq. 2.5 and App. A).
  public var scatter: Double {
    examples > 1 ? (exampleSquares - Double(examples) * meanSquare) / Double(examples - 1) : .nan
  }

  /// |ḡ|² − Ŝ/B, an unbiased estimate of the squared norm of the true gradient, which may be negative.
  ///
  /// NaN for a batch of one.
  public var trueSquare: Double { meanSquare - scatter / Double(examples) }

  /// The moments of two parts of the parameters for the same examples.
  public static func + (a: GradientMoments, b: GradientMoments) -> GradientMoments {
    GradientMoments(
      examples: max(a.examples, b.examples), exampleSquares: a.exampleSquares + b.exampleSquares,
      meanSquare: a.meanSquare + b.meanSquare)
  }
}

/// The gradient of a micro-batch's own mean loss, by its length.
public struct MicroBatchSquare: Sendable, Hashable, Codable, BitwiseCopyable {
  /// The number of examples.
  public var examples: Int
  /// The squared norm of the gradient of their mean loss.
  public var square: Double

  /// A squared norm of so many examples' gradient.
  public init(examples: Int, square: Double) {
    self.examples = examples
    self.square = square
  }
}
