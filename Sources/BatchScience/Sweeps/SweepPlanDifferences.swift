import BatchTraining

extension SweepPlan {
  /// What another plan changes, one phrase a setting: `epochs (here 10, asked for 20)`.
  func differences(from other: SweepPlan) -> [String] {
    var differences: [String] = []
    func compare<T: Equatable>(_ name: String, _ value: KeyPath<SweepPlan, T>) {
      let (mine, theirs) = (self[keyPath: value], other[keyPath: value])
      if mine != theirs { differences.append("\(name) (here \(mine), asked for \(theirs))") }
    }
    compare("data", \.data)
    compare("the numbers of training, validation and test examples", \.exampleCounts)
    if data == other.data, exampleCounts == other.exampleCounts {
      compare("the examples themselves", \.dataFingerprint)
    }
    compare("model", \.model)
    compare("loss", \.loss.rawValue)
    compare("optimizer", \.recipe.optimizer.description)
    compare("schedule", \.recipe.schedule.description)
    compare("warm-up", \.recipe.warmUpText)
    compare("rule", \.recipe.ruleText)
    compare("batch schedule", \.batchSchedule.description)
    compare("micro-batch", \.microBatch.text)
    compare("clipping", \.regularisation.clipping.text)
    compare("label smoothing", \.regularisation.labelSmoothing)
    compare("averaging", \.regularisation.averaging.text)
    compare("early stopping", \.regularisation.earlyStopping.text)
    compare("batch sizes", \.batchSizes)
    compare("seeds", \.seeds)
    compare("epochs", \.epochs)
    compare("last batch", \.lastBatch.rawValue)
    compare("threads", \.threads)
    return differences
  }
}

extension Optional where Wrapped: CustomStringConvertible {
  fileprivate var text: String { map(\.description) ?? "none" }
}
