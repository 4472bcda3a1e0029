public import BatchAlgebra
import BatchFoundation
public import BatchTraining

/// A finished trial, read back from its files.
public struct TrialResult: Sendable {
  /// What was run, and where.
  public let start: TrialStart
  /// The evaluations, in the order of training.
  public let evaluations: [EvaluationRecord]
  /// How it ended.
  public let end: TrialEnd
  /// The predicted probabilities for the test part, [examples, outputs]; nil for a trial that diverged.
  public let predictions: Matrix<Float>?

  /// The trial.
  public var trial: TrialID { start.trial }

  /// The last evaluation: the first is made before any update, so there always is one.
  public var last: EvaluationRecord { evaluations[evaluations.count - 1] }

  /// The evaluations at the ends of epochs, the one before training left out.
  public var epochEnds: [EvaluationRecord] {
    evaluations.filter { $0.update > 0 && $0.endsEpoch }
  }

  /// Reads a finished trial.
  ///
  /// - Throws: ``StudyError`` that names the file, the line and what is wrong with it.
  static func read(_ trial: TrialID, in folder: String) throws(StudyError) -> TrialResult {
    let path = StudyFolder.eventsPath(folder, trial)
    let lines = try filing { () throws(FileError) in try DurableFile.read(path) }.split(separator: UInt8(ascii: "\n"))
    var start: TrialStart?
    var evaluations: [EvaluationRecord] = []
    var end: TrialEnd?
    for (index, line) in lines.enumerated() {
      let event = try filing { () throws(FileError) in
        try RecordJSON.decode(TrialEvent.self, from: line, path: path, line: index + 1)
      }
      switch event {
      case .start(let event): start = event
      case .evaluation(let record): evaluations.append(record)
      case .end(let event): end = event
      }
    }
    guard let start, let end, !evaluations.isEmpty else {
      throw .file(.damaged(path: path, line: nil, reason: "it has no start, no evaluation or no end"))
    }
    guard start.trial == trial else {
      throw .file(.damaged(path: path, line: 1, reason: "it holds the trial of \(start.trial)"))
    }
    var predictions: Matrix<Float>?
    if end.divergedAtUpdate == nil {
      do {
        predictions = try StudyFolder.readMatrix(StudyFolder.predictionsPath(folder, trial))
      } catch .file(let error) {
        // Only a trial without this file is run again.
        throw .file(.damaged(path: path, line: nil, reason: "its predictions cannot be read (\(error.reason))"))
      }
    }
    return TrialResult(start: start, evaluations: evaluations, end: end, predictions: predictions)
  }
}
