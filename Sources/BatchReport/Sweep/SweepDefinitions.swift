import BatchProfiling
import BatchScience

/// What the words of a sweep's report mean.
enum SweepDefinitions {
  static func sentences(_ plan: SweepPlan, _ measure: SweepMeasure) -> [String] {
    [
      "Brackets hold 95 % intervals of the mean over \(plan.seeds.count) seeds, by Student's t; ± is the standard "
        + "deviation over the seeds. A batch size cannot be told from the best when the 95 % interval of the difference, "
        + "paired by seed, holds zero.",
      "Seconds are of training alone, measured on one machine with whatever else ran on it; evaluation is not counted.",
      "The generalisation gap compares the validation part with as many training examples. Volatility is the standard "
        + "deviation of a run's validation \(measure.rawValue) over the epochs of its last third, averaged over seeds.",
      "The mean gradient norm is of batch gradients: of the first after each evaluation, and of one in eight, or 64 an "
        + "epoch where those are fewer. At fixed weights it falls with the batch size, as noise averages out; at the "
        + "same epoch a large batch has made fewer updates and stands where the gradient itself is larger.",
      "Runs are evaluated before the first update, after every epoch, and after 8, 16, 32, … updates.",
    ]
  }
}
