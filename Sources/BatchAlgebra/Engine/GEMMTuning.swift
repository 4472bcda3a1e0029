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
  private static let heading = "batchwise-gemm-thresholds 3"
  private static let columns =
    "instruction-set precision threads nt-packed-batch contraction-cut-batch smallest-shared-work "
    + "panels-forward panels-backward-data panels-backward-weights transposed-forward transposed-backward-data "
    + "transposed-backward-weights"

  /// The tuning as text: a heading, the processor, the columns' names, and a line for each key.
  public var text: String {
    let lines = thresholds.map { key, value in
      let batches = [value.openBLASPanels, value.openBLASTransposed].flatMap { batches in
        GEMMPlan.Pass.allCases.map { batches[$0].description }
      }
      return "\(key.instructionSet.rawValue) \(key.precision.rawValue) \(key.threads) \(value.ntPackedBatch) "
        + "\(value.contractionCutBatch) \(value.smallestSharedWork) " + batches.joined(separator: " ")
    }
    return ([Self.heading, "processor \(processor)", Self.columns] + lines.sorted()).joined(separator: "\n") + "\n"
  }

  /// The tuning that a text holds.
  ///
  /// - Throws: ``GEMMTuningError`` with the first line that is not as ``text`` writes it.
  public init(text: some StringProtocol) throws(GEMMTuningError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let prefix = "processor "
    guard lines[0] == Self.heading else {
      throw lines[0].hasPrefix("batchwise-gemm-") ? .otherFormat : .damaged(line: 1)
    }
    guard lines.count > 1, lines[1].hasPrefix(prefix) else { throw .damaged(line: min(2, lines.count)) }
    guard lines.count > 2, lines[2] == Self.columns else { throw .damaged(line: min(3, lines.count)) }
    // A text that does not end with a line break was cut short.
    guard lines.count > 3, lines.last == "" else { throw .damaged(line: lines.count) }
    processor = String(lines[1].dropFirst(prefix.count))
    thresholds = [:]
    for (index, line) in lines.enumerated().dropFirst(3).dropLast() {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst(2).prefix(4).compactMap { Int($0) }
      let batches = words.dropFirst(6).compactMap { BatchRange($0) }
      guard words.count == 12, numbers.count == 4, batches.count == 6, numbers.allSatisfy({ $0 >= 0 }), numbers[0] > 0,
        let set = InstructionSet(rawValue: String(words[0])), let precision = Precision(rawValue: String(words[1]))
      else { throw .damaged(line: index + 1) }
      thresholds[Key(set, precision, threads: numbers[0])] = GEMMThresholds(
        ntPackedBatch: numbers[1], contractionCutBatch: numbers[2], smallestSharedWork: numbers[3],
        openBLASPanels: Self.batches(batches[0...2]),
        smallPanelCalls: GEMMThresholds.defaults(for: set, precision).smallPanelCalls,
        openBLASTransposed: Self.batches(batches[3...5]))
    }
  }

  private static func batches(_ ranges: ArraySlice<BatchRange>) -> GEMMThresholds.OpenBLASBatches {
    var batches = GEMMThresholds.OpenBLASBatches()
    for (pass, range) in zip(GEMMPlan.Pass.allCases, ranges) { batches[pass] = range }
    return batches
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
  /// The file is of another version of this package.
  case otherFormat
  /// The text is none that this version writes, from this line on.
  case damaged(line: Int)
  /// The file is of another processor.
  case otherProcessor(String)
  /// The file cannot be read or written.
  case file(FileError)

  public var diagnosis: Diagnosis {
    switch self {
    case .otherFormat: Diagnosis(.badData, "it is of another version", hint: "measure again")
    case .damaged(let line): Diagnosis(.badData, "line \(line) is none of a tuning", hint: "measure again")
    case .otherProcessor(let name): Diagnosis(.badData, "it is of \(name)", hint: "measure again")
    case .file(let error): error.diagnosis
    }
  }
}
