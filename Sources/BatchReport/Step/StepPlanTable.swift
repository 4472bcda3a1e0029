public import BatchProfiling
public import BatchTraining

/// What a profile of training steps would time, before it does.
public enum StepPlanTable {
  /// A row for each thing that the profile depends on, and the time and memory that it takes.
  public static func table(_ plan: StepProfilePlan, memory: StepMemory) -> TextTable {
    .facts([
      ("model", plan.model), ("data", plan.data), ("loss", plan.loss.rawValue), ("optimizer", plan.optimizer),
      ("batch sizes", plan.batchSizes.map(String.init).joined(separator: ", ")), ("threads", "\(plan.threads)"),
      ("precision", plan.precision.rawValue), ("memory of a step", NumberFormat.bytes(Double(memory.byteCount))),
      (
        "time",
        "\(plan.timing.minimumCycles) samples of each, and up to "
          + "\(NumberFormat.duration(plan.timing.maximumSeconds)) until all are known well enough"
      ),
    ])
  }
}
