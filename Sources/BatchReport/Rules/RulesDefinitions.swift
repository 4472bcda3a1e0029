import BatchScience

/// What the words of a rules study's report mean.
enum RulesDefinitions {
  static func sentences(_ plan: RulesPlan, _ measure: SweepMeasure) -> [String] {
    let better =
      measure.moreIsBetter ? "" : " As less is better for a loss, both differences are taken the other way round."
    return [
      "A rule carries the learning rate that is right for batch \(plan.baseBatch) to other batch sizes; 'none', the rate "
        + "as it is, is what the others are held against. At the base batch every rule gives the same training, with and "
        + "without a warm-up that starts with the base batch's rate; it is run once, as 'none'. A warm-up without a rule "
        + "or with LEGW starts with 1/32 of the rate and is run there, too.",
      "Brackets hold 95 % intervals over the seeds, and ± is half of such an interval: of means by Student's t, of shares "
        + "recovered by Fieller's theorem, paired by seed. Where an interval reaches beyond what the measure can be, its "
        + "ends stand in the place of ±.",
      "The share recovered at a batch size is (rule − none) / (none at batch \(plan.baseBatch) − none), of the means of "
        + "the test \(measure.rawValue) over the seeds.\(better) 100 % is as good as the base batch, more is better than "
        + "it. There is none where the loss by 'none' is not clear: its interval holds zero, or lies below it.",
      "A run has diverged when its loss ceased to be a number. Means are of the other runs, with the number of those that "
        + "diverged beside them; a share recovered is given only where none did.",
      "All runs take the same number of epochs, so that a larger batch makes fewer updates. Seconds are of training alone, "
        + "measured on one machine with whatever else ran on it; evaluation is not counted.",
    ]
  }
}
