import BatchFoundation
import Glibc

/// The time of a training step at any batch between the measured ones, with its uncertainty: as draws.
///
/// Between two measured sizes the time is on the line through their medians; beyond the smallest and the largest
/// nothing is said. Draws of one index belong together at all sizes, so that what disturbed them alike cancels in a
/// ratio.
public struct StepTimeDraws: Sendable, Hashable {
  /// The measured batch sizes, ascending.
  public let batches: [Int]
  /// The median seconds of a step at each.
  public let medians: [Double]
  /// The medians that the noise leaves possible: a row a draw, a column a batch size.
  private let drawn: [[Double]]

  /// Draws the medians of raw times by blocks of cycles, as the intervals of a ``StepTimeModel`` are had.
  ///
  /// - Throws: ``StepTimeError`` when there is no batch size or fewer than five cycles, when sizes repeat or differ in
  ///   their cycles, or a time is not positive and finite.
  public init(_ points: [StepTimePoint], draws: Int = 1000, seed: UInt64 = 0) throws(StepTimeError) {
    let series = try StepTimeSeries(points, needing: 1)
    batches = series.batches
    medians = series.medians
    drawn = series.resampledMedians(draws, seed: seed)
  }

  /// Draws times from medians and their 95 % intervals, independently at each size: where raw times of the same cycles
  /// are not to be had.
  ///
  /// Each side of the median is half of a log-normal distribution that has the interval's end.
  ///
  /// - Throws: ``StepTimeError`` when there is no batch size or one stands twice, or a time is not positive and finite.
  public init(
    medians estimates: [(batch: Int, seconds: BootstrapEstimate)], draws: Int = 1000, seed: UInt64 = 0
  ) throws(StepTimeError) {
    precondition(draws >= 1, "\(draws) draws")
    let sorted = estimates.sorted { $0.batch < $1.batch }
    guard !sorted.isEmpty else { throw .tooFewSizes(count: 0, needed: 1) }
    for (index, size) in sorted.enumerated() {
      guard size.batch >= 1 else { throw .noBatch(size.batch) }
      guard index == 0 || sorted[index - 1].batch < size.batch else { throw .repeatedBatch(size.batch) }
      let (low, value, high) = (
        size.seconds.interval.lowerBound, size.seconds.value, size.seconds.interval.upperBound
      )
      guard low > 0, low <= value, value <= high, high.isFinite else {
        throw .noMedian(batch: size.batch, seconds: value)
      }
    }
    batches = sorted.map(\.batch)
    medians = sorted.map(\.seconds.value)
    var stream = RandomStream(seed: seed, name: "step-times")
    drawn = (0..<draws).map { _ in
      sorted.map { size in
        let deviations = stream.normal() / 1.959_964
        let end = deviations < 0 ? size.seconds.interval.lowerBound : size.seconds.interval.upperBound
        return size.seconds.value * pow(end / size.seconds.value, abs(deviations))
      }
    }
  }

  /// The same draws, each with all of its times longer or shorter by one factor, whose logarithm is normal.
  ///
  /// A machine is a few hundredths faster or slower at another hour, at all sizes alike: that moves no choice between sizes,
  /// but what each of them takes.
  public func moved(byCommonDeviation deviation: Double, seed: UInt64 = 0) -> StepTimeDraws {
    var stream = RandomStream(seed: seed, name: "another hour")
    return StepTimeDraws(
      batches: batches, medians: medians,
      drawn: drawn.map { times in
        let factor = exp(deviation * stream.normal())
        return times.map { factor * $0 }
      })
  }

  private init(batches: [Int], medians: [Double], drawn: [[Double]]) {
    (self.batches, self.medians, self.drawn) = (batches, medians, drawn)
  }

  /// The number of draws.
  public var count: Int { drawn.count }

  /// The median seconds of a step at a batch; nil beyond the measured sizes.
  public func median(at batch: Int) -> Double? { value(at: batch, of: medians) }

  /// The seconds of a step at a batch in one draw; nil beyond the measured sizes.
  ///
  /// Draws are numbered from 0, and begin again after the last.
  public func seconds(at batch: Int, draw: Int) -> Double? { value(at: batch, of: drawn[draw % drawn.count]) }

  private func value(at batch: Int, of times: [Double]) -> Double? {
    guard let next = batches.firstIndex(where: { $0 >= batch }) else { return nil }
    guard batches[next] != batch else { return times[next] }
    guard next > 0 else { return nil }
    let share = Double(batch - batches[next - 1]) / Double(batches[next] - batches[next - 1])
    return times[next - 1] + share * (times[next] - times[next - 1])
  }
}
