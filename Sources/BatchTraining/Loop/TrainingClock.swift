/// Where the places of a run stand in training, whatever the batch size.
struct TrainingClock: Sendable {
  let plan: TrainingPlan
  let exampleCount: Int

  /// The position of an update that begins at a place of an epoch.
  ///
  /// Epochs are counted by the training part, whatever becomes of a short last batch: so positions are the same at
  /// every batch size.
  func position(epoch: Int, place: Int) -> TrainingPosition {
    TrainingPosition(
      examples: epoch * exampleCount + place, examplesPerEpoch: exampleCount, totalExamples: totalExamples)
  }

  /// The largest batch of the run.
  var largestBatch: Int {
    plan.batchSchedule.largestBatchSize(
      from: plan.batchSize, examplesPerEpoch: exampleCount, totalExamples: totalExamples)
  }

  /// The number of examples that all epochs show.
  private var totalExamples: Int { plan.epochs * exampleCount }

  /// The numbers of updates of the whole run by their batch size, counted by walking through it as long as the batch
  /// grows; a source says how many examples a batch at a place has.
  ///
  /// A short last batch counts with the others of its size.
  func updatesBySize(_ batchCount: (_ place: Int, _ size: Int) -> Int?) -> [Int: Int] {
    var updates: [Int: Int] = [:]
    for epoch in 0..<plan.epochs {
      // Where the size stays as it is, all epochs that are left are alike.
      let isSettled = plan.batchSchedule.isSettled(at: position(epoch: epoch, place: 0), from: plan.batchSize)
      var place = 0
      while true {
        let size = plan.batchSize(at: position(epoch: epoch, place: place))
        guard let count = batchCount(place, size) else { break }
        updates[size, default: 0] += isSettled ? plan.epochs - epoch : 1
        place += count
      }
      if isSettled { break }
    }
    return updates
  }
}
