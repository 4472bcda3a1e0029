import BatchFoundation

/// All finished trials of a rules study.
public struct RulesResults: Sendable {
  /// The trials of one variant.
  public struct Entry: Sendable {
    /// The variant.
    public let variant: RuleVariant
    /// Its own finished trials, in the order of its plan.
    public let trials: [TrialResult]
  }

  /// The study's plan and circumstances.
  public let description: RulesDescription
  /// The variants, in the order of the plan.
  public let entries: [Entry]

  /// The plan.
  public var plan: RulesPlan { description.plan }

  /// The number of finished trials.
  public var trialCount: Int { entries.reduce(0) { $0 + $1.trials.count } }

  init(description: RulesDescription, entries: [Entry]) {
    self.description = description
    self.entries = entries
  }

  /// Reads what is there of a study; trials that are missing are left out.
  ///
  /// - Throws: ``StudyError`` when the folder holds no study or a file is damaged.
  public init(folder: String) throws(StudyError) {
    let description = try RulesDescription.read(in: folder)
    var entries: [Entry] = []
    for variant in description.plan.variants {
      let own = "\(folder)/\(variant.folderName)"
      var trials: [TrialResult] = []
      for trial in description.plan.sweep(of: variant).trials where StudyFolder.isFinished(trial, in: own) {
        trials.append(try TrialResult.read(trial, in: own))
      }
      entries.append(Entry(variant: variant, trials: trials))
    }
    self.init(description: description, entries: entries)
  }

  /// The finished trials of a variant at a batch size, diverged ones included: at the base batch those of the
  /// reference, where the variant trains there as the reference does.
  public func trials(of variant: RuleVariant, batchSize: Int) -> [TrialResult] {
    let source = variant.sharesBase && batchSize == plan.baseBatch ? RuleVariant.reference : variant
    return entries.first { $0.variant == source }?.trials.filter { $0.trial.batchSize == batchSize } ?? []
  }
}

/// What a report on a rules study holds for other programs.
private struct RulesData: Encodable {
  struct Trial: Encodable {
    var variant: String
    var start: TrialStart
    var end: TrialEnd
  }

  var description: RulesDescription
  var trials: [Trial]
}

extension RulesResults {
  /// The plan, the circumstances and the outcome of each trial as JSON.
  public var json: String {
    let trials = entries.flatMap { entry in
      entry.trials.map { RulesData.Trial(variant: entry.variant.folderName, start: $0.start, end: $0.end) }
    }
    return String(decoding: RecordJSON.line(RulesData(description: description, trials: trials)), as: UTF8.self)
  }
}
