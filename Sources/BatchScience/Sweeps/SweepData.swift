import BatchFoundation
import BatchTraining

/// The measurements of a sweep in one value, for the JSON inside its report.
struct SweepData: Encodable {
  /// A trial without its predictions.
  struct Trial: Encodable {
    var start: TrialStart
    var evaluations: [EvaluationRecord]
    var end: TrialEnd
  }

  var description: SweepDescription
  var trials: [Trial]
}

extension SweepResults {
  /// The plan, the circumstances and all evaluations as JSON.
  public var json: String {
    let data = SweepData(
      description: description,
      trials: trials.map { SweepData.Trial(start: $0.start, evaluations: $0.evaluations, end: $0.end) })
    return String(decoding: RecordJSON.line(data), as: UTF8.self)
  }
}
