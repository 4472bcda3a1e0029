public import BatchTraining
import Glibc

/// Probes of updates in a row, of the network or of one layer, and the noise scale that they give together.
///
/// The noise scale of a window is the ratio of the means of Ŝ and |G|²̂ (McCandlish 2018, App. A.1), never the mean of
/// ratios; negative estimates of |G|² are kept, for without them the mean would be too large. The interval is that of a
/// delete-a-block jackknife on the logarithm of the ratio.
public struct NoiseScaleWindow: Sendable, Hashable {
  /// How far an end of the interval may be from the value, as a factor, for there to be a number; more than 1.
  ///
  /// Twice the right batch costs little (see the trade-off in McCandlish 2018, §2.2), so that a factor of 2 is enough
  /// for a decision.
  public let largestFactor: Double
  /// Ŝ over |G|²̂.
  private(set) var series = PairSeries()
  /// The number of probes whose |G|²̂ is negative.
  private var negative = 0

  /// A window without probes.
  public init(largestFactor: Double = 2) {
    precondition(largestFactor > 1, "an interval that is at most a factor of \(largestFactor) wide")
    self.largestFactor = largestFactor
  }

  /// The number of probes.
  public var count: Int { series.count }

  /// Takes the probe of the next update; one that is infinite or NaN is left out and counted.
  public mutating func add(_ probe: NoiseProbe) {
    series.append(probe.scatter, over: probe.trueSquare)
    if probe.trueSquare < 0, probe.trueSquare.isFinite, probe.scatter.isFinite { negative += 1 }
  }

  /// Takes the per-example probe of the next update; a batch of one example, which says nothing, is counted.
  public mutating func add(_ moments: GradientMoments, of population: Int? = nil) {
    guard moments.examples != 1 else {
      series.skipBatchOfOne()
      return
    }
    add(NoiseProbe(moments, of: population))
  }

  /// Begins a new window.
  public mutating func removeAll() {
    series.removeAll()
    negative = 0
  }

  /// What updates were left out, for a reader of the estimate; nil where none were.
  var note: String? { series.note }

  /// A noise scale below this is 0: all examples have the same gradient, to within single precision.
  private static var rounding: Double { 1e-5 }

  /// The noise scale of the window, or why there is none.
  public var estimate: NoiseScaleEstimate {
    let count = Double(series.count)
    var estimate = NoiseScaleEstimate(
      scatter: series.count > 0 ? series.sums.x / count : nil,
      trueSquare: series.count > 0 ? series.sums.y / count : nil, probes: series.count, negative: negative)
    if series.count >= RatioJackknife.leastCount, series.sums.y > 0,
      abs(series.sums.x) <= Self.rounding * series.sums.y
    {
      (estimate.value, estimate.interval) = (0, 0...Self.rounding)
      return estimate
    }
    do throws(NoiseScaleShortage) {
      let jackknife = try jackknife()
      estimate.interval = jackknife.interval
      let allowed = log(largestFactor)
      if jackknife.halfWidth > allowed { throw .wide(missing: missing(for: jackknife.halfWidth / allowed)) }
      estimate.value = jackknife.ratio
    } catch {
      estimate.shortage = error
    }
    return estimate
  }

  private func jackknife() throws(NoiseScaleShortage) -> RatioJackknife {
    guard series.count > 0 else {
      throw series.ofOne > 0 ? .batchesOfOne : series.notFinite > 0 ? .notFinite : .nothingObserved
    }
    if series.entries.allSatisfy({ $0 == SIMD2() }) { throw .zeroGradients }
    do throws(RatioJackknife.Failure) {
      return try RatioJackknife(series, .logarithm)
    } catch {
      switch error {
      case .tooFew: throw .fewProbes(missing: RatioJackknife.leastCount - series.count)
      case .shorterThanBlock(let length):
        throw .shorterThanBlock(length: length, missing: RatioJackknife.leastBlocks * length - series.count)
      case .notPositive: throw .noSignal(missing: missingForSignal)
      }
    }
  }

  /// The number of updates by which an interval that is `factor` times too wide would become narrow enough.
  private func missing(for factor: Double) -> Int {
    let more = (factor * factor - 1) * Double(series.count)
    return more < 1e15 ? max(1, Int(more.rounded(.up))) : Int(1e15)
  }

  /// The least number of updates that |G|² needs to be told from 0, were it as large as the window allows.
  private var missingForSignal: Int? {
    var squares = PairSeries()
    for entry in series.entries { squares.append(entry.y, over: 1) }
    guard let jackknife = try? RatioJackknife(squares, .plain), jackknife.interval.upperBound > 0 else { return nil }
    return missing(for: jackknife.halfWidth / jackknife.interval.upperBound / log(largestFactor))
  }
}

extension NoiseScaleWindow {
  func write(to state: inout StateWriter) {
    series.write(to: &state)
    state.write(negative)
  }

  /// Goes on from what was written; false where the numbers are none, and the window is then empty.
  mutating func read(from state: inout StateReader) -> Bool {
    removeAll()
    guard let series = PairSeries(from: &state), let negative = state.integer() else { return false }
    (self.series, self.negative) = (series, negative)
    return true
  }
}
