/// The seconds T(B) = α + βB of a training step by its batch size B, in up to three segments that join.
///
/// α is what a step costs whatever its batch, β what each example adds; neither is negative. With them 1/β is the
/// throughput that ever larger batches approach and α/β the batch that reaches half of it: Hockney's r∞ and n½ (Hockney
/// and Jesshope, *Parallel Computers*, 1981). Segments begin and end at measured sizes. There are as many as the noise
/// lets tell apart, so a straight line stays one segment. The line minimises the sum of the squared relative errors of
/// the medians.
///
/// The intervals hold the noise of the cycles and what the times deviate from the line beyond it, with the knots where
/// they are: each draw fits a line through medians of drawn cycles, each moved by a normal number of that deviation, widened
/// by Student's t.
/// Where the best line has α = 0 or β = 0, which are bounds, the interval is one-sided and begins there.
public struct StepTimeModel: Codable, Sendable, Hashable {
  /// A range of batch sizes over which the time is one straight line.
  public struct Segment: Codable, Sendable, Hashable {
    /// The batch sizes, both measured; the next segment begins where this one ends.
    public var batches: ClosedRange<Int>
    /// The seconds that the line has at batch 0.
    public var alpha: BootstrapEstimate
    /// The seconds an example.
    public var beta: BootstrapEstimate
  }

  /// The segments, in ascending order of their batches; at least one.
  public let segments: [Segment]
  /// The examples a second that ever larger batches approach, 1/β of the last segment; nil when no bound was found.
  public let asymptoticThroughput: BootstrapEstimate?
  /// The batch size at which the model has half of ``asymptoticThroughput``; nil when no bound was found.
  ///
  /// With one segment it is α/β.
  public let halfThroughputBatch: BootstrapEstimate?

  /// Fits the medians of the points, and the medians of `resamples` draws of blocks of cycles for the intervals.
  ///
  /// The same points and seed give the same model, in any order of the points.
  ///
  /// - Throws: ``StepTimeError`` when there are fewer than three batch sizes or five cycles, when sizes repeat or
  ///   differ in their cycles, or a time is not positive and finite.
  public init(
    _ points: [StepTimePoint], maximumSegments: Int = 3, resamples: Int = 999, seed: UInt64 = 0
  ) throws(StepTimeError) {
    self.init(try StepTimeFit(points, maximumSegments: maximumSegments, resamples: resamples, seed: seed))
  }

  /// Fits the times of a product by its batch size.
  ///
  /// The curve is of one layer, pass, number of threads and engine, as ``GEMMProfile/curves`` has them; points without a
  /// sample are left out.
  ///
  /// - Throws: ``StepTimeError`` when there are fewer than three batch sizes or five cycles that they share.
  public init(
    curve: [GEMMPoint], maximumSegments: Int = 3, resamples: Int = 999, seed: UInt64 = 0
  ) throws(StepTimeError) {
    let timed = curve.filter { !$0.samples.times.isEmpty }
    try self.init(
      StepTimePoint.points(of: timed.map { ($0.key.batch, $0.samples) }), maximumSegments: maximumSegments,
      resamples: resamples, seed: seed)
  }

  init(_ fit: StepTimeFit) {
    let line = fit.line
    segments = line.alphas.indices.map { k in
      Segment(
        batches: line.nodes[k]...line.nodes[k + 1],
        alpha: BootstrapEstimate(line.alphas[k], resampled: fit.resampledLines.map { $0.alphas[k] }),
        beta: BootstrapEstimate(line.betas[k], resampled: fit.resampledLines.map { $0.betas[k] }))
    }
    func estimate(_ quantity: (SegmentedLine) -> Double) -> BootstrapEstimate? {
      let result = BootstrapEstimate(quantity(line), resampled: fit.resampledLines.map(quantity))
      return result.interval.upperBound.isFinite ? result : nil
    }
    let last = line.alphas.count - 1
    asymptoticThroughput = estimate { 1 / $0.betas[last] }
    halfThroughputBatch = estimate(\.halfThroughputBatch)
  }

  /// The segment that holds a batch size; at a knot the later one, beyond the measured sizes the first or the last.
  public func segment(of batch: Int) -> Segment {
    segments.dropLast().first { batch < $0.batches.upperBound } ?? segments[segments.count - 1]
  }

  /// The seconds of a step of a batch size of at least 1.
  ///
  /// Beyond the measured sizes the first or the last segment goes on, which nothing measured vouches for.
  public func predict(_ batch: Int) -> Double {
    precondition(batch >= 1, "a step of \(batch) examples")
    let segment = segment(of: batch)
    return segment.alpha.value + segment.beta.value * Double(batch)
  }

  /// The examples a second at a batch size of at least 1.
  public func throughput(_ batch: Int) -> Double { Double(batch) / predict(batch) }
}
