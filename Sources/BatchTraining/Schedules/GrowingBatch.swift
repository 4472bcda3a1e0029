import BatchFoundation
import Glibc

/// The batch size multiplied at milestones, where others divide the rate; `grow:30,60:5` or `grow:30,60:5:4096` as
/// text.
///
/// After n milestones the batch size is B = base · qⁿ, rounded to the nearest whole number (a half upwards); it grows
/// no further than to the limit, nor beyond the training part. The rate is multiplied by B / (base · qⁿ): 1 while the
/// batch size follows, and beyond the limit the rest of the decay. So the quotient of rate and batch size, and with it
/// the noise of the updates, falls by q at each milestone exactly as it does when the rate is divided by q (Smith et
/// al. 2018).
public struct GrowingBatch: BatchSchedule, Hashable {
  /// Where the batch size grows, ascending.
  public let milestones: [TrainingLength]
  /// The factor q of a milestone.
  public let factor: Double
  /// The size that the batch grows to at most; nil for that of the training part.
  ///
  /// A batch that is larger from the start stays as it is.
  public let limit: Int?

  /// A growth by `factor` at each milestone.
  ///
  /// - Throws: ``ScheduleError`` for milestones that are none, do not ascend, or mix epochs and shares, for a factor
  ///   that is not above 1, or for a limit below 1.
  public init(milestones: [TrainingLength], factor: Double, limit: Int? = nil) throws(ScheduleError) {
    try requireMilestones(milestones)
    guard factor > 1, factor.isFinite else {
      throw .senseless("the factor of growth must be above 1, not \(SettingNumber.plain(factor))")
    }
    if let limit, limit < 1 { throw .senseless("the largest batch size must be at least 1, not \(limit)") }
    self.milestones = milestones
    self.factor = factor
    self.limit = limit
  }

  public func batchSize(at position: TrainingPosition, from base: Int) -> Int {
    batchSize(after: reached(position), from: base, examplesPerEpoch: position.examplesPerEpoch)
  }

  public func rateFactor(at position: TrainingPosition, from base: Int) -> Double {
    let wanted = Double(base) * pow(factor, Double(reached(position)))
    return Double(batchSize(at: position, from: base)) / wanted
  }

  /// The size that the last update has at most: milestones that the training does not reach count for nothing.
  public func largestBatchSize(from base: Int, examplesPerEpoch: Int, totalExamples: Int) -> Int {
    guard examplesPerEpoch > 0, totalExamples > 0 else { return base }
    return batchSize(at: last(examplesPerEpoch: examplesPerEpoch, totalExamples: totalExamples), from: base)
  }

  public func isSettled(at position: TrainingPosition, from base: Int) -> Bool {
    let end = last(examplesPerEpoch: position.examplesPerEpoch, totalExamples: position.totalExamples)
    return batchSize(at: position, from: base) == batchSize(at: end, from: base)
  }

  private func last(examplesPerEpoch: Int, totalExamples: Int) -> TrainingPosition {
    TrainingPosition(examples: totalExamples - 1, examplesPerEpoch: examplesPerEpoch, totalExamples: totalExamples)
  }

  private func reached(_ position: TrainingPosition) -> Int { milestones.count { $0.isReached(at: position) } }

  private func batchSize(after count: Int, from base: Int, examplesPerEpoch: Int) -> Int {
    let wanted = (Double(base) * pow(factor, Double(count))).rounded()
    let most = min(limit ?? examplesPerEpoch, examplesPerEpoch)
    return wanted < Double(most) ? Int(wanted) : max(base, most)
  }

  public var description: String {
    "grow:\(milestones.map(\.description).joined(separator: ",")):\(SettingNumber.plain(factor))"
      + (limit.map { ":\($0)" } ?? "")
  }
}

extension GrowingBatch {
  static var usage: String { "grow:EPOCHS,EPOCHS,...:FACTOR or with :LARGEST behind it, as in grow:30,60,80:5:4096" }

  init(_ fields: inout SettingFields) throws(ScheduleError) {
    let milestones = try fields.lengths("a milestone")
    let factor = try fields.number("the factor of growth")
    try self.init(
      milestones: milestones, factor: factor, limit: fields.isAtEnd ? nil : fields.count("the largest batch size"))
  }
}
