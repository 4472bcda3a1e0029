import BatchData

extension TrainingPlan {
  /// Checks what can be checked without a model: the settings, and that batches can be drawn from so many examples.
  ///
  /// - Throws: ``TrainingError``, as a ``Trainer`` does for the plan.
  public func requireFit(examples: Int) throws(TrainingError) {
    try check(exampleCount: examples)
    let largest = TrainingClock(plan: self, exampleCount: examples).largestBatch
    do {
      _ = try BatchSampler(exampleCount: examples, batchSize: largest, lastBatch: lastBatch, seed: seed)
    } catch {
      throw .data(error)
    }
  }
}
