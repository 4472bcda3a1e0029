import BatchFormats
public import BatchFoundation
import Glibc

/// Writes an event file, which TensorBoard shows while it grows: `tensorboard --logdir folder`.
///
/// ```swift
/// let board = try TensorBoardWriter(folder: "runs/batch-32")
/// try trainer.run(TrainingObserver(onEvaluation: board.write))
/// ```
///
/// The file is only ever added to, and every write is handed to the system before it returns, so that a run that is
/// killed loses nothing of what was written. Each writer makes a file of its own; TensorBoard takes all files of a
/// folder as one run, so that a run that is resumed goes on in the folder in which it began; what was written there
/// after the update from which it goes on is shown no more.
public final class TensorBoardWriter {
  /// The file: `events.out.tfevents.<seconds>.<host>.<process>.<number>`, as TensorBoard looks for it.
  public let path: String

  private var file: TFRecordFile

  /// Makes the folder where it is missing, and in it a new event file; `update` is the number of updates after which a
  /// run goes on.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when the system refuses.
  public init(folder: String, resumingAfter update: Int? = nil) throws(FileError) {
    try DurableFile.makeFolder(folder)
    let now = Self.wallTime
    // Seconds with ten digits: TensorBoard reads the files of a folder in the order of their names.
    let seconds = String(zeroPadding: Int(now), to: 10)
    let stem = "\(folder)/events.out.tfevents.\(seconds).\(Self.hostName).\(getpid())"
    var number = 0
    while DurableFile.exists("\(stem).\(number)") { number += 1 }
    path = "\(stem).\(number)"
    file = try TFRecordFile(creating: path)
    try file.append(TensorBoardEvent.version(wallTime: now))
    if let update { try file.append(TensorBoardEvent.restart(step: update + 1, wallTime: now)) }
  }

  /// Writes numbers of one moment, each under its tag: tags with a common beginning up to a `/` are shown together.
  ///
  /// TensorBoard holds numbers in single precision. `wallTime` is in seconds since 1970; without one it is now.
  ///
  /// - Throws: ``/BatchFoundation/FileError``, as on a full disk; what was written before stays readable.
  public func write(
    _ scalars: [(tag: String, value: Double)], step: Int, wallTime: Double? = nil
  ) throws(FileError) {
    try file.append(TensorBoardEvent.scalars(scalars, step: step, wallTime: wallTime ?? Self.wallTime))
  }

  /// Writes one number under its tag; see ``write(_:step:wallTime:)``.
  ///
  /// - Throws: ``/BatchFoundation/FileError``.
  public func write(_ value: Double, tag: String, step: Int, wallTime: Double? = nil) throws(FileError) {
    try write([(tag, value)], step: step, wallTime: wallTime)
  }

  /// Writes what an evaluation found; the step is the number of updates.
  ///
  /// - Throws: ``/BatchFoundation/FileError``.
  public func write(_ record: EvaluationRecord) throws(FileError) {
    try write(record.scalars, step: record.update)
  }

  private static var wallTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The machine's name; a name without a character that a path gives a meaning to.
  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    // The last byte stays zero also where the name is cut.
    guard gethostname(&name, name.count - 1) == 0, name[0] != 0 else { return "localhost" }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }
}

extension EvaluationRecord {
  /// The numbers that TensorBoard shows of an evaluation, without those that are not known.
  fileprivate var scalars: [(tag: String, value: Double)] {
    let all: [(String, Double?)] = [
      ("loss/batch", batchLoss), ("loss/training", trainingLoss), ("loss/validation", validationLoss),
      ("accuracy/training", trainingAccuracy), ("accuracy/validation", validationAccuracy),
      ("parameters/distance", distance), ("parameters/gradient norm", gradientNorm),
      ("progress/batch size", batchSize.map { Double($0) }), ("progress/epoch", epoch),
      ("progress/examples", Double(examples)), ("progress/learning rate", learningRate),
      ("progress/seconds", seconds),
    ]
    let measured = (measurements ?? []).flatMap { measurement -> [(String, Double?)] in
      let tag = "quantities/\(measurement.name)" + (measurement.layer.map { "/\($0)" } ?? "")
      return [(tag, measurement.value), ("\(tag)/low", measurement.low), ("\(tag)/high", measurement.high)]
    }
    return (all + measured).compactMap { tag, value in value.map { (tag, $0) } }
  }
}
