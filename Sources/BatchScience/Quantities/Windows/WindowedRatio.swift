import BatchTraining

/// A diagnostic that is a function of the ratio of two means over the window since it was last asked.
///
/// The ratio of means, and not the mean of ratios: a batch whose gradient happens to be short would decide alone.
protocol WindowedRatio: StepQuantity {
  /// The name of the measurement.
  var measurementName: String { get }
  /// What the interval is told of.
  var intervalScale: RatioJackknife.Scale { get }
  /// The window.
  var window: PairSeries { get set }
  /// The diagnostic of a ratio; only rises or only falls with it.
  func value(ofRatio ratio: Double) -> Double
  /// What a reader must know beside a value.
  func remark(on value: Double) -> String?
}

extension WindowedRatio {
  func value(ofRatio ratio: Double) -> Double { ratio }

  func remark(on value: Double) -> String? { nil }

  public mutating func takeMeasurements() -> [Measurement] {
    defer { window.removeAll() }
    guard window.count > 0 else {
      return window.note.map { [Measurement(name: measurementName, value: nil, probes: 0, note: $0)] } ?? []
    }
    let ratio = window.sums.x / window.sums.y
    let value = ratio.isFinite ? value(ofRatio: ratio) : .nan
    var notes = [
      window.note, value.isFinite ? remark(on: value) : "what it is divided by is 0: the gradients, or the loss",
    ]
    var interval: ClosedRange<Double>?
    do throws(RatioJackknife.Failure) {
      let range = try RatioJackknife(window, intervalScale).interval
      let ends = [self.value(ofRatio: range.lowerBound), self.value(ofRatio: range.upperBound)]
      if ends[0].isFinite, ends[1].isFinite { interval = min(ends[0], ends[1])...max(ends[0], ends[1]) }
    } catch {
      notes.append(error.reason)
    }
    return [
      Measurement(
        name: measurementName, value: value.isFinite ? value : nil, interval: interval, probes: window.count,
        note: notes.compactMap { $0 }.joinedOrNil)
    ]
  }

  public var leastProbes: Int { RatioJackknife.leastCount }

  public var state: [Double] {
    get {
      var state = StateWriter()
      window.write(to: &state)
      return state.numbers
    }
    set {
      var state = StateReader(newValue)
      window = PairSeries(from: &state) ?? PairSeries()
    }
  }
}

extension RatioJackknife.Failure {
  /// Why there is no interval, in words.
  var reason: String {
    switch self {
    case .tooFew: "no interval from fewer than \(RatioJackknife.leastCount) updates"
    case .shorterThanBlock(let length):
      "no interval: updates are so alike that the window is shorter than a block of \(length)"
    case .notPositive: "no interval: it would reach down to 0"
    }
  }
}

extension [String] {
  /// The texts one after another; nil where there are none.
  var joinedOrNil: String? { isEmpty ? nil : joined(separator: "; ") }
}
