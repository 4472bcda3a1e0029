public import BatchFoundation

/// The crossovers that were measured on one processor.
public struct GEMMTuning: Sendable, Hashable {
  /// What crossovers depend on besides the processor.
  public struct Key: Sendable, Hashable {
    /// The kernels.
    public var instructionSet: InstructionSet
    /// `float` or `double`.
    public var precision: String
    /// The number of threads of a team.
    public var threads: Int

    /// The key of crossovers for a scalar.
    public init<S: Scalar>(_ instructionSet: InstructionSet, _ scalar: S.Type, threads: Int) {
      self.init(instructionSet, precision: S.self == Float.self ? "float" : "double", threads: threads)
    }

    fileprivate init(_ instructionSet: InstructionSet, precision: String, threads: Int) {
      (self.instructionSet, self.precision, self.threads) = (instructionSet, precision, threads)
    }
  }

  /// The processor's model name.
  public var processor: String
  /// The measured crossovers.
  public var crossovers: [Key: GEMMCrossovers]

  /// A tuning of this machine's processor without any measurement.
  public init() {
    processor = processorName()
    crossovers = [:]
  }

  /// What this process uses, read once from the user's cache folder.
  ///
  /// Nil where there is no file, or one that is damaged or of another processor; ``GEMMTuningFile`` tells which.
  public static let active = try? GEMMTuningFile.load()
}

extension GEMMTuning {
  private static let heading = "batchwise-gemm-crossovers 1"
  private static let columns =
    "instruction-set precision threads mirrored-batch contraction-cut-batch smallest-shared-work"

  /// The tuning as text: a heading, the processor, the columns' names, and a line for each key.
  public var text: String {
    let lines = crossovers.map { key, value in
      "\(key.instructionSet.rawValue) \(key.precision) \(key.threads) \(value.mirroredBatch) "
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
    crossovers = [:]
    for (index, line) in lines.enumerated().dropFirst(3).dropLast() {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst(2).compactMap { Int($0) }
      guard words.count == 6, numbers.count == 4, numbers.allSatisfy({ $0 >= 0 }), numbers[0] > 0,
        let set = InstructionSet(rawValue: String(words[0])), words[1] == "float" || words[1] == "double"
      else { throw .damaged(line: index + 1) }
      crossovers[Key(set, precision: String(words[1]), threads: numbers[0])] = GEMMCrossovers(
        mirroredBatch: numbers[1], contractionCutBatch: numbers[2], smallestSharedWork: numbers[3])
    }
  }
}

/// A tuning that cannot be used or kept.
public enum GEMMTuningError: DiagnosticError, Equatable {
  /// The text is none that this version writes, from this line on.
  case damaged(line: Int)
  /// The file is of another processor.
  case otherProcessor(String)
  /// There is no folder for it: neither `XDG_CACHE_HOME` nor `HOME` is set.
  case noFolder
  /// The file cannot be read or written.
  case file(path: String, reason: String)

  public var diagnosis: Diagnosis {
    switch self {
    case .damaged(let line): Diagnosis(.badData, "line \(line) is none of a tuning", hint: "measure again")
    case .otherProcessor(let name): Diagnosis(.badData, "it is of \(name)", hint: "measure again")
    case .noFolder: Diagnosis(.system, "a tuning has no folder to be kept in", hint: "set HOME or XDG_CACHE_HOME")
    case .file(let path, let reason): Diagnosis(.system, "\(path): \(reason)")
    }
  }
}
