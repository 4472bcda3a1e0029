public import BatchFoundation

/// A product by an engine, timed.
public struct GEMMPoint: Sendable, Hashable, Codable {
  /// Which product, and by which engine.
  public var key: GEMMPointKey
  /// How it was computed.
  public var method: ProductMethod
  /// The largest error of the result, relative to Σ|a||b|.
  public var error: Double
  /// The raw samples.
  public var samples: TimedSamples
  /// The time in seconds, the ``TimedSamples/estimate`` of the samples; nil where a run was stopped before its first sample.
  public var time: MedianEstimate?
  /// The ratio to the FMA peak: of each sample to the peak about it, of a point that never got quiet to the quiet peak.
  public var ratioToPeak: MedianEstimate?
  /// Where the time went, as far as ceilings tell.
  public var explanation: GEMMExplanation?

  /// The floating-point operations a second at that time.
  public var rate: Double? { time.map { key.operations / $0.value } }
  /// The examples a second at that time.
  public var throughput: Double? { time.map { Double(key.batch) / $0.value } }
}
