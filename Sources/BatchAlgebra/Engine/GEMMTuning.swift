public import BatchFoundation

/// The thresholds that were measured on one processor.
public struct GEMMTuning: Sendable, Hashable {
  /// What thresholds depend on besides the processor.
  public struct Key: Sendable, Hashable {
    /// The kernels.
    public var instructionSet: InstructionSet
    /// The numbers computed with.
    public var precision: Precision
    /// The number of threads of a team.
    public var threads: Int

    /// A key with all of its parts.
    public init(_ instructionSet: InstructionSet, _ precision: Precision, threads: Int) {
      (self.instructionSet, self.precision, self.threads) = (instructionSet, precision, threads)
    }
  }

  /// The processor's model name.
  public var processor: String
  /// The measured thresholds.
  public var thresholds: [Key: GEMMThresholds]

  /// A tuning of this machine's processor without any measurement.
  public init() {
    processor = processorName()
    thresholds = [:]
  }
}

extension GEMMTuning {
  private static let heading = "batchwise-gemm-thresholds 1"
  private static let columns =
    "instruction-set precision threads mirrored-batch contraction-cut-batch smallest-shared-work"

  /// The tuning as text: a heading, the processor, the columns' names, and a line for each key.
  public var text: String {
    let lines = thresholds.map { key, value in
      "\(key.instructionSet.rawValue) \(key.precision.rawValue) \(key.threads) \(value.mirroredBatch) "
        + "\(value.contractionCutBatch) \(value.smallestSharedWork)"
    }
    return ([Self.heading, "processor \(processor)", Self.columns] + lines.sorted()).joined(separator: "\n") + "\n"
  }

  /// The tuning that a text holds.
  ///
  /// - Throws: ``GEMMTuningError`` with the first line that is not as ``text`` writes it.
  public init(text: some StringProtocol) throws(GEMMTuningError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let prefix = "processor "
    guard lines[0] == Self.heading else { throw .damaged(line: 1) }
    guard lines.count > 1, lines[1].hasPrefix(prefix) else { throw .damaged(line: min(2, lines.count)) }
    guard lines.count > 2, lines[2] == Self.columns else { throw .damaged(line: min(3, lines.count)) }
    // A text that does not end with a line break was cut short.
    guard lines.count > 3, lines.last == "" else { throw .damaged(line: lines.count) }
    processor = String(lines[1].dropFirst(prefix.count))
    thresholds = [:]
    for (index, line) in lines.enumerated().dropFirst(3).dropLast() {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst(2).compactMap { Int($0) }
      guard words.count == 6, numbers.count == 4, numbers.allSatisfy({ $0 >= 0 }), numbers[0] > 0,
        let set = InstructionSet(rawValue: String(words[0])), let precision = Precision(rawValue: String(words[1]))
      else { throw .damaged(line: index + 1) }
      thresholds[Key(set, precision, threads: numbers[0])] = GEMMThresholds(
        mirroredBatch: numbers[1], contractionCutBatch: numbers[2], smallestSharedWork: numbers[3])
    }
  }
}

extension GEMMTuning {
  /// The tuning in a file; nil where there is none.
  ///
  /// - Throws: ``GEMMTuningError`` when it cannot be read, is damaged or of another processor.
  public static func load(_ path: String) throws(GEMMTuningError) -> GEMMTuning? {
    guard DurableFile.exists(path) else { return nil }
    let text: String
    do {
      text = String(decoding: try DurableFile.read(path), as: UTF8.self)
    } catch {
      throw .file(error)
    }
    let tuning = try GEMMTuning(text: text)
    guard tuning.processor == processorName() else { throw .otherProcessor(tuning.processor) }
    return tuning
  }

  /// Replaces a file as a whole, and makes its folder where that is missing.
  ///
  /// - Throws: ``GEMMTuningError`` when it cannot be written; what was there stays.
  public func save(to path: String) throws(GEMMTuningError) {
    do {
      try DurableFile.makeFolder(DurableFile.parent(of: path))
      try DurableFile.write(Array(text.utf8), to: path)
    } catch {
      throw .file(error)
    }
  }
}

/// A tuning that cannot be used or kept.
public enum GEMMTuningError: DiagnosticError, Equatable {
  /// The text is none that this version writes, from this line on.
  case damaged(line: Int)
  /// The file is of another processor.
  case otherProcessor(String)
  /// The file cannot be read or written.
  case file(FileError)

  public var diagnosis: Diagnosis {
    switch self {
    case .damaged(let line): Diagnosis(.badData, "line \(line) is none of a tuning", hint: "measure again")
    case .otherProcessor(let name): Diagnosis(.badData, "it is of \(name)", hint: "measure again")
    case .file(let error): error.diagnosis
    }
  }
}
