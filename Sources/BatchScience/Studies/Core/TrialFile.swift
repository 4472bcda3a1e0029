public import BatchAlgebra
import BatchFormats
import BatchFoundation

/// A finished trial, read back from its files.
public struct TrialResult<Plan: StudyPlan>: Sendable {
  /// What was measured, where, and for which study.
  public let start: TrialStart<Plan.Trial>
  /// The lines that it wrote on the way, in their order.
  public let records: [Plan.Record]
  /// What it ended with.
  public let outcome: Plan.Outcome
  /// The arrays that it kept, by name.
  public let arrays: [String: Matrix<Float>]
  /// What clock and system said of all of it; nil in files of earlier versions.
  public let elapsed: ElapsedTime?

  /// The trial.
  public var trial: Plan.Trial { start.trial }

  /// A trial with all of its parts, as a test makes it.
  public init(
    start: TrialStart<Plan.Trial>, records: [Plan.Record], outcome: Plan.Outcome, arrays: [String: Matrix<Float>] = [:],
    elapsed: ElapsedTime? = nil
  ) {
    self.start = start
    self.records = records
    self.outcome = outcome
    self.arrays = arrays
    self.elapsed = elapsed
  }
}

/// Reads the files of finished trials; what is wrong with one is found here, before anything is computed from it.
enum TrialFile<Plan: StudyPlan> {
  /// Which study a trial's file was written for.
  enum Owner {
    case missing
    case study(String)
    case unknown
  }

  static func study(named name: String, in folder: String) -> Owner {
    let path = StudyFiles.events(of: name, in: folder)
    guard DurableFile.exists(path) else { return .missing }
    guard let bytes = try? DurableFile.read(path), let line = bytes.split(separator: UInt8(ascii: "\n")).first,
      let owner = try? RecordJSON.decode(TrialOwner.self, from: line, path: path)
    else { return .unknown }
    return .study(owner.study)
  }

  /// The names under which a folder has finished trials of a key: one, or of an adaptive study several.
  static func names(of trial: Plan.Trial, in folder: String) -> [String] {
    guard Plan.isAdaptive else { return [trial.key] }
    return StudyFiles.names(of: trial.key).prefix { name in
      // The first one may have been taken away by somebody.
      name == trial.key || DurableFile.exists(StudyFiles.events(of: name, in: folder))
    }
  }

  /// The name under which a trial of a study is kept that none of the folder's is the same as: the first that no other trial
  /// of the study has.
  static func freeName(for trial: Plan.Trial, of study: StudyDescription<Plan>, in folder: String) -> String {
    guard Plan.isAdaptive else { return trial.key }
    let name = StudyFiles.names(of: trial.key).first { name in
      switch Self.study(named: name, in: folder) {
      case .missing: true
      case .study(let fingerprint): fingerprint != study.fingerprint
      case .unknown: false
      }
    }
    return name ?? trial.key
  }

  /// Reads a finished trial of a study; one of an adaptive study may have had other limits.
  ///
  /// - Throws: ``StudyError`` that names the file, the line and what is wrong with it.
  static func read(
    _ trial: Plan.Trial, named name: String, of study: StudyDescription<Plan>, in folder: String
  ) throws(StudyError) -> TrialResult<Plan> {
    let path = StudyFiles.events(of: name, in: folder)
    func damaged(_ line: Int?, _ reason: String) -> StudyError {
      .file(.damaged(path: path, line: line, reason: reason))
    }
    let lines = try filing { () throws(FileError) in try DurableFile.read(path) }.split(separator: UInt8(ascii: "\n"))
    var events: [TrialEvent<Plan>] = []
    for (index, line) in lines.enumerated() {
      events.append(
        try filing { () throws(FileError) in
          try RecordJSON.decode(TrialEvent<Plan>.self, from: line, path: path, line: index + 1)
        })
    }
    guard case .start(let start)? = events.first else { throw damaged(1, "it does not begin with its trial") }
    guard events.count > 1, case .end(let end)? = events.last else { throw damaged(nil, "it has no end") }
    var records: [Plan.Record] = []
    for (index, event) in events.dropFirst().dropLast().enumerated() {
      guard case .record(let record) = event else { throw damaged(index + 2, "a trial starts and ends once") }
      records.append(record)
    }
    guard Plan.isAdaptive ? start.trial.key == trial.key : start.trial == trial else {
      throw damaged(1, "it holds the trial of \(start.trial)")
    }
    guard start.study == study.fingerprint else { throw damaged(1, "it was measured for another study") }
    var arrays: [String: Matrix<Float>] = [:]
    for (array, fingerprint) in end.arrays {
      do {
        arrays[array] = try readArray(StudyFiles.array(array, of: name, in: folder), fingerprint)
      } catch .file(let error) {
        // Only a trial without its own file is measured again.
        throw damaged(nil, "its \(array) cannot be read (\(error.reason))")
      }
    }
    if let fault = end.elapsed?.fault { throw damaged(lines.count, fault) }
    let result = TrialResult<Plan>(
      start: start, records: records, outcome: end.outcome, arrays: arrays, elapsed: end.elapsed)
    if let fault = study.plan.fault(in: result) { throw damaged(fault.record.map { $0 + 2 }, fault.reason) }
    return result
  }

  /// Reads an array that has to have a fingerprint.
  static func readArray(_ path: String, _ fingerprint: String) throws(StudyError) -> Matrix<Float> {
    let bytes = try filing { () throws(FileError) in try DurableFile.read(path) }
    guard Fingerprint.of(bytes) == fingerprint else {
      throw .file(.damaged(path: path, line: nil, reason: "it is not the file that was written"))
    }
    do {
      return try NPY.decode(bytes, path: path)
    } catch {
      throw .file(.damaged(path: path, line: nil, reason: error.description))
    }
  }
}

/// The study that a trial's first line names, of whatever kind.
private struct TrialOwner: Decodable {
  var study: String
}
