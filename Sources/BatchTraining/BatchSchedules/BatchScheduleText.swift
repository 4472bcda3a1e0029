/// Any of this library's schedules of the batch size, as text: `fixed`, `grow:30,60,80:5`, `grow:30,60,80:5:4096`.
///
/// | text | schedule |
/// |---|---|
/// | `fixed` | ``FixedBatch`` |
/// | `grow:EPOCHS,EPOCHS,...:FACTOR[:LARGEST]` | ``GrowingBatch`` |
public struct BatchScheduleText: BatchSchedule, TextCoded {
  /// The schedule that the text means.
  public let schedule: any BatchSchedule

  /// The batch size as it is.
  public static let fixed = BatchScheduleText(schedule: FixedBatch())

  private init(schedule: any BatchSchedule) { self.schedule = schedule }

  /// Reads the text of a schedule.
  ///
  /// - Throws: ``ScheduleError/unreadable(text:reason:usage:)`` that says what is not understood and how it is written.
  public init(_ text: String) throws(ScheduleError) {
    var fields = SettingFields(text)
    var usage = "fixed or " + GrowingBatch.usage
    do throws(ScheduleError) {
      switch fields.name {
      case "fixed": schedule = FixedBatch()
      case "grow":
        usage = GrowingBatch.usage
        schedule = try GrowingBatch(&fields)
      default: throw .senseless("'\(fields.name)' is no schedule of the batch size")
      }
      try fields.requireEnd()
    } catch {
      throw .unreadable(text: text, reason: error.reason, usage: usage)
    }
  }

  public func batchSize(at position: TrainingPosition, from base: Int) -> Int {
    schedule.batchSize(at: position, from: base)
  }

  public func rateFactor(at position: TrainingPosition, from base: Int) -> Double {
    schedule.rateFactor(at: position, from: base)
  }

  public func largestBatchSize(from base: Int, examplesPerEpoch: Int, totalExamples: Int) -> Int {
    schedule.largestBatchSize(from: base, examplesPerEpoch: examplesPerEpoch, totalExamples: totalExamples)
  }

  public var description: String { schedule.description }

  public static func == (a: BatchScheduleText, b: BatchScheduleText) -> Bool { a.description == b.description }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
