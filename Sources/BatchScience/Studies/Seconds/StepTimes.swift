public import BatchFoundation
public import BatchProfiling

/// How long the training steps of a study take on one machine, by batch size: what the study's seconds are computed with.
///
/// They are timed by themselves, all sizes in turn, at a learning rate of 0 and beside probes that tell when the machine
/// was disturbed. The elapsed time of a trial holds whatever else ran on the machine meanwhile; the number of its
/// updates times the time of a step does not.
public struct StepTimes: Sendable, Hashable, Codable {
  /// The version of the format that is written and read.
  public static let currentFormat = 1

  /// A batch size, timed.
  public struct Point: Sendable, Hashable, Codable {
    /// The number of examples of a step.
    public var batch: Int
    /// The raw samples.
    public var samples: TimedSamples
    /// The median time of a step in seconds, with its interval; nil where the machine never got quiet about this size.
    public var time: MedianEstimate?

    /// A batch size and its samples.
    public init(batch: Int, samples: TimedSamples) {
      self.batch = batch
      self.samples = samples
      let estimate = samples.gotQuiet ? samples.estimate : nil
      time = estimate?.interval == nil ? nil : estimate
    }
  }

  /// The version of the format they were written in.
  public var format = Self.currentFormat
  /// The fingerprint of the study, which changes with its plan and compute context.
  public var study: String
  /// The machine.
  public var environment: MachineEnvironment
  /// The batch sizes, ascending.
  public var points: [Point]
  /// The duration of the measurement in seconds.
  public var seconds: Double
  /// Whether steps were timed once more, since runs had shown that the first times were too long; nil for no.
  public var isSecond: Bool?

  /// Step times with all of their parts.
  public init(study: String, environment: MachineEnvironment, points: [Point], seconds: Double) {
    self.study = study
    self.environment = environment
    self.points = points
    self.seconds = seconds
  }

  /// The batch sizes about which the machine got quiet.
  public var quietSizes: [Int] { points.filter { $0.time != nil }.map(\.batch) }

  /// Whether the machine got quiet about every size.
  public var gotQuiet: Bool { points.allSatisfy { $0.time != nil } }

  /// Whether steps of a size took far longer, on a machine that seemed quiet, than those of whole runs did: `fastest` has the
  /// least mean seconds of a step that a run of each batch size had.
  ///
  /// There are spells of seconds in which the threads of a machine reach one another at half the usual speed, at every
  /// sample and at every probe alike. A run takes nothing but longer than the step that is timed by itself.
  func isRefuted(by fastest: [Int: Double]) -> Bool {
    isMostlyQuiet
      && points.contains { point in
        guard let low = point.time?.interval?.lowerBound, let run = fastest[point.batch] else { return false }
        return low > 1.25 * run
      }
  }

  /// The middle of the ratios of the times of a step to those of another timing, over the sizes that both have.
  func ratio(to other: StepTimes) -> Double? {
    let others = Dictionary(other.points.map { ($0.batch, $0.samples.estimate?.value) }) { first, _ in first }
    let ratios = points.compactMap { point -> Double? in
      guard let own = point.samples.estimate?.value, let value = others[point.batch] ?? nil else { return nil }
      return own / value
    }
    return ratios.isEmpty ? nil : medianValue(ratios)
  }

  /// What cannot be true of step times that were read from a file; nil for nothing.
  var fault: String? {
    guard seconds >= 0, seconds.isFinite else { return "it took \(seconds) seconds" }
    guard !points.isEmpty else { return "it has no batch size" }
    for (index, point) in points.enumerated() {
      let place = "'points[\(index)]', batch \(point.batch): "
      guard point.batch >= 1, point.batch <= Int(Int32.max) else { return place + "no step has so many examples" }
      guard index == 0 || point.batch > points[index - 1].batch else { return place + "the sizes do not ascend" }
      if let reason = point.samples.fault { return place + reason }
      guard let time = point.time else { continue }
      guard let interval = time.interval, point.samples.gotQuiet, time.isFinite, time.value > 0,
        interval.lowerBound > 0
      else { return place + "its time is not one of samples on a quiet machine" }
    }
    return nil
  }
}

/// Where a study's folder keeps step times: in a file for each machine, so that those of several are never mixed.
enum StepTimesFile {
  /// What there is in a folder: the step times of a study, and files that are none of it, with the reason.
  struct Content {
    var times: [StepTimes] = []
    var refused: [String] = []
  }

  /// `step-times-0123456789abcdef.json`: machines are told apart by what bears on a timing.
  static func name(of machine: MachineEnvironment) -> String {
    let facts = machine.timingFacts.map { "\($0.name)=\($0.value)" }.joined(separator: "\n")
    return "\(prefix)\(Fingerprint.of(Array(facts.utf8))).json"
  }

  /// Reads what there is for a study; what cannot be trusted is refused, and costs a study no more than its seconds.
  static func read(in folder: String, study: String) -> Content {
    var content = Content()
    let names = (try? DurableFile.names(in: folder)) ?? []
    for name in names where name.hasPrefix(prefix) && name.hasSuffix(".json") {
      let path = "\(folder)/\(name)"
      do {
        content.times.append(try times(at: path, named: name, study: study))
      } catch {
        content.refused.append(error.description)
      }
    }
    return content
  }

  static func write(_ times: StepTimes, in folder: String) throws(StudyError) {
    let document = RecordJSON.document(times)
    try filing { () throws(FileError) in
      try DurableFile.write(document, to: "\(folder)/\(name(of: times.environment))")
    }
  }

  private static let prefix = "step-times-"

  private static func times(at path: String, named name: String, study: String) throws(FileError) -> StepTimes {
    func damaged(_ reason: String) -> FileError { .damaged(path: path, line: nil, reason: reason) }
    let bytes = try DurableFile.read(path)
    let format = try RecordJSON.format(of: bytes, path: path)
    guard format == StepTimes.currentFormat else {
      throw damaged("it is in version \(format) of its format, and this package reads \(StepTimes.currentFormat)")
    }
    let times = try RecordJSON.decode(StepTimes.self, from: bytes, path: path)
    guard times.study == study else { throw damaged("it was measured for another study") }
    guard self.name(of: times.environment) == name else { throw damaged("it was measured on another machine") }
    if let fault = times.fault { throw damaged(fault) }
    return times
  }
}
