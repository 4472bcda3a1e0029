import BatchTraining

extension SweepPlan {
  /// What another plan changes, one phrase a setting: `epochs (here 10, asked for 20)`.
  func differences(from other: SweepPlan) -> [String] {
    var differences = SettingDifferences(self, other, words: ("here", "asked for"))
    differences.compare("data", \.data)
    differences.compare("the numbers of training, validation and test examples", \.exampleCounts)
    if data == other.data, exampleCounts == other.exampleCounts {
      differences.compare("the examples themselves", \.dataFingerprint)
    }
    differences.compare("model", \.model)
    differences.compare("loss", \.loss.rawValue)
    differences.compare("optimizer", \.recipe.optimizer.description)
    differences.compare("schedule", \.recipe.schedule.description)
    differences.compare("warm-up", \.recipe.warmUpText)
    differences.compare("rule", \.recipe.ruleText)
    differences.compare("batch schedule", \.batchSchedule.description)
    differences.compare("micro-batch", \.microBatch)
    differences.compare("clipping", \.regularisation.clipping)
    differences.compare("label smoothing", \.regularisation.labelSmoothing)
    differences.compare("averaging", \.regularisation.averaging)
    differences.compare("early stopping", \.regularisation.earlyStopping)
    differences.compare("batch sizes", \.batchSizes)
    differences.compare("seeds", \.seeds)
    differences.compare("epochs", \.epochs)
    differences.compare("last batch", \.lastBatch.rawValue)
    differences.compare("threads", \.threads)
    return differences.phrases
  }
}
