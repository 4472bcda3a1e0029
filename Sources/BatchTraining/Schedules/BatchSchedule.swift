public import BatchFoundation

/// How the batch size changes during training, from the size it starts with.
///
/// A schedule is a value without state, and its description its text form, as with a ``LearningRateSchedule``; a plan
/// takes any value. Only the size itself must be told:
///
/// ```swift
/// struct DoubledAfter: BatchSchedule {
///   let epoch: Double
///   func batchSize(at position: TrainingPosition, from base: Int) -> Int {
///     position.epoch < epoch ? base : 2 * base
///   }
///   var description: String { "doubled-after:\(epoch)" }
/// }
/// ```
public protocol BatchSchedule: Sendable, CustomStringConvertible {
  /// The number of examples, at least 1, that an update at a position averages, for a training that starts with `base`.
  func batchSize(at position: TrainingPosition, from base: Int) -> Int
  /// What the learning rate is multiplied by at a position, for what the batch size could not do; 1 unless told
  /// otherwise.
  func rateFactor(at position: TrainingPosition, from base: Int) -> Double
  /// The largest batch size of a training that shows `totalExamples` examples, for which memory is needed; found by
  /// walking through the training unless told otherwise.
  func largestBatchSize(from base: Int, examplesPerEpoch: Int, totalExamples: Int) -> Int
  /// Whether the size stays as it is from a position to the end of training; false, the answer that is always safe,
  /// unless told otherwise. Updates are then counted by walking through the training.
  func isSettled(at position: TrainingPosition, from base: Int) -> Bool
}

extension BatchSchedule {
  public func rateFactor(at position: TrainingPosition, from base: Int) -> Double { 1 }

  public func largestBatchSize(from base: Int, examplesPerEpoch: Int, totalExamples: Int) -> Int {
    var largest = 0
    var position = TrainingPosition(
      examples: 0, examplesPerEpoch: max(1, examplesPerEpoch), totalExamples: max(1, totalExamples))
    while position.examples < totalExamples {
      let size = batchSize(at: position, from: base)
      largest = max(largest, size)
      if isSettled(at: position, from: base) { break }
      // An epoch ends with what is left of it.
      let left = position.examplesPerEpoch - position.examples % position.examplesPerEpoch
      position.examples += min(max(1, size), left)
    }
    return largest
  }

  public func isSettled(at position: TrainingPosition, from base: Int) -> Bool { false }
}

/// The same batch size throughout; `fixed` as text.
public struct FixedBatch: BatchSchedule, Hashable {
  /// The schedule that changes nothing.
  public init() {}

  public func batchSize(at position: TrainingPosition, from base: Int) -> Int { base }

  public func largestBatchSize(from base: Int, examplesPerEpoch: Int, totalExamples: Int) -> Int { base }

  public func isSettled(at position: TrainingPosition, from base: Int) -> Bool { true }

  public var description: String { "fixed" }
}

extension BatchSchedule where Self == FixedBatch {
  /// The batch size as it is.
  public static var fixed: FixedBatch { FixedBatch() }
}

/// This library's schedules of the batch size as text: `fixed`, `grow:30,60,80:5`, `grow:30,60,80:5:4096`.
///
/// | text | schedule |
/// |---|---|
/// | `fixed` | ``FixedBatch`` |
/// | `grow:EPOCHS,EPOCHS,...:FACTOR[:LARGEST]` | ``GrowingBatch`` |
public enum BatchScheduleCodec: TextCodec {
  public static func text(_ schedule: any BatchSchedule) -> String { schedule.description }

  /// Reads the text of a schedule.
  ///
  /// - Throws: ``ScheduleError/unreadable(text:reason:usage:)`` that says what is not understood and how it is written.
  public static func read(_ text: String) throws(ScheduleError) -> any BatchSchedule {
    var fields = SettingFields(text)
    var usage = "fixed or " + GrowingBatch.usage
    do throws(ScheduleError) {
      let schedule: any BatchSchedule
      switch fields.name {
      case "fixed": schedule = FixedBatch()
      case "grow":
        usage = GrowingBatch.usage
        schedule = try GrowingBatch(&fields)
      default: throw .senseless("'\(fields.name)' is no schedule of the batch size")
      }
      try fields.requireEnd()
      return schedule
    } catch {
      throw .unreadable(text: text, reason: error.reason, usage: usage)
    }
  }

  public static func unknown(_ text: String) -> (any BatchSchedule)? {
    ["", "fixed", "grow"].contains(SettingFields(text).name) ? nil : UnknownValue(text)
  }
}

extension UnknownValue: BatchSchedule {
  public func batchSize(at position: TrainingPosition, from base: Int) -> Int { fatalError(refusal("batch schedule")) }
}
