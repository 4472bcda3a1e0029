/// What a quantity has found since it was last asked: a number with its interval, and what it is made of.
public struct Measurement: Sendable, Hashable, Codable {
  /// What was measured: `noise_scale`.
  public var name: String
  /// The layer it is of, by the name that its parameters have: `layers.0`; nil for the whole network.
  public var layer: String?
  /// The number; nil where there is not enough evidence for one.
  public var value: Double?
  /// The lower end of the 95 % interval; nil where there is none.
  public var low: Double?
  /// The upper end of the 95 % interval; nil where there is none.
  public var high: Double?
  /// The number of updates that it was measured in.
  public var probes: Int
  /// The first and the last of them, counted from 1; the run fills in its window where the quantity says nothing.
  public var firstUpdate: Int?
  public var lastUpdate: Int?
  /// What a reader must know beside it: why there is no number, or what flaws it; nil for nothing.
  public var note: String?

  /// A measurement with all of its parts.
  public init(
    name: String, layer: String? = nil, value: Double?, interval: ClosedRange<Double>? = nil, probes: Int,
    note: String? = nil
  ) {
    self.name = name
    self.layer = layer
    self.value = value
    low = interval?.lowerBound
    high = interval?.upperBound
    self.probes = probes
    self.note = note
  }

  /// The 95 % interval; nil where there is none.
  public var interval: ClosedRange<Double>? {
    guard let low, let high, low <= high else { return nil }
    return low...high
  }

  /// The same with nothing in place of what is infinite or no number, and a note where the value was.
  var finite: Measurement {
    var measurement = self
    func kept(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    (measurement.value, measurement.low, measurement.high) = (kept(value), kept(low), kept(high))
    if value != nil, measurement.value == nil {
      measurement.note = (note.map { "\($0); " } ?? "") + "what was measured is infinite or no number"
    }
    return measurement
  }
}
