public import BatchTraining

/// What one update says of the noise scale: estimates of the gradients' scatter S and of |G|², each without bias.
///
/// Their ratio is not without bias, and of a single update it is worth nothing: means over many updates are divided.
public struct NoiseProbe: Sendable, Hashable {
  /// Ŝ, of the trace of the covariance of the examples' gradients.
  public var scatter: Double
  /// |G|²̂, of the squared norm of the true gradient; it may be negative, and is not floored.
  public var trueSquare: Double

  /// A probe with both of its parts.
  public init(scatter: Double, trueSquare: Double) {
    self.scatter = scatter
    self.trueSquare = trueSquare
  }

  /// The per-example estimator: Ŝ = (Σ|gᵢ|² − B|ḡ|²)/(B − 1) and |G|²̂ = |ḡ|² − Ŝ/B.
  ///
  /// McCandlish 2018 (arXiv 1812.06162), eq. 2.5 with the sample's own estimates; NaN for a batch of one. Where batches
  /// are drawn without replacement from a population of N examples, S and G are those of the N: S = Ŝ(N − 1)/N, and the
  /// mean's variance S(N − B)/(B(N − 1)) takes the place of S/B (Cochran 1977, *Sampling techniques*, th. 2.2). That
  /// matters from B = N/10 on, and at any B where φ comes near N.
  public init(_ moments: GradientMoments, of population: Int? = nil) {
    self.init(
      variance: moments.scatter, meanSquare: moments.meanSquare, batch: Double(moments.examples), of: population)
  }

  /// The two-batch estimator, from the gradients of a batch's parts and of the whole, as ranks and micro-batches have
  /// them: |G|²̂ = (B|g_B|² − b|g_b|²)/(B − b) and Ŝ = (|g_b|² − |g_B|²)/(1/b − 1/B).
  ///
  /// McCandlish 2018, App. A.1. Parts may differ in size: |g_b|² is then the mean of theirs, and 1/b the mean of 1 over
  /// their sizes. Nil where there are fewer than two parts.
  public init?(parts: some Collection<MicroBatchSquare>, whole: MicroBatchSquare, of population: Int? = nil) {
    guard parts.count >= 2, parts.allSatisfy({ $0.examples < whole.examples }) else { return nil }
    var (square, share) = (0.0, 0.0)
    for part in parts {
      square += part.square / Double(parts.count)
      share += 1 / Double(part.examples) / Double(parts.count)
    }
    let batch = Double(whole.examples)
    self.init(
      variance: (square - whole.square) / (share - 1 / batch), meanSquare: whole.square, batch: batch, of: population)
  }

  /// The consecutive-step estimator: two updates in a row taken for the parts of one batch of twice the size.
  ///
  /// Biased, and here to show by how much: between the two the weights have moved, against the first gradient. It is
  /// what tools do that see one gradient an update; ``init(_:of:)`` needs one update and has no such bias. `product` is
  /// the inner product of the two gradients, each the mean of `examples`.
  public init?(consecutive first: Double, _ second: Double, product: Double, examples: Int) {
    let parts = [first, second].map { MicroBatchSquare(examples: examples, square: $0) }
    self.init(
      parts: parts, whole: MicroBatchSquare(examples: 2 * examples, square: (first + second + 2 * product) / 4))
  }

  /// From the sample's variance S′, of which the population's S is (N − 1)/N, and the squared norm of a batch's mean.
  private init(variance: Double, meanSquare: Double, batch: Double, of population: Int?) {
    let share = population.map { 1 / max(Double($0), batch) } ?? 0
    self.init(scatter: variance * (1 - share), trueSquare: meanSquare - variance * (1 / batch - share))
  }
}
