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
  /// The ratio to the FMA peak: of each sample to the peak about it.
  public var ratioToPeak: MedianEstimate?
  /// Where the time went, as far as ceilings tell.
  public var explanation: GEMMExplanation?

  /// The median rate in floating-point operations a second.
  public var rate: Double? { time.map { key.operations / $0.value } }
  /// The median number of examples a second.
  public var throughput: Double? { time.map { Double(key.batch) / $0.value } }
}
