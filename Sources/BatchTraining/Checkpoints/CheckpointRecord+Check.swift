extension CheckpointRecord {
  /// Why no run can stand where the record says; nil where one can.
  ///
  /// A record comes out of a file: what is counted on from here must neither be negative nor overflow.
  var problem: String? {
    guard (1...Int(Int32.max)).contains(trainingExamples) else {
      return "its run has \(trainingExamples) training examples"
    }
    // An epoch whose last batch is filled up shows fewer than twice the training part.
    guard (0...(1 << 52) / trainingExamples).contains(progress.epoch),
      (0..<trainingExamples).contains(progress.place),
      (0...2 * trainingExamples * (progress.epoch + 1)).contains(progress.examples),
      (0...progress.examples).contains(progress.update), (0...progress.update).contains(progress.averaged),
      (0...progress.examples).contains(progress.interval.lossCount),
      (0...progress.examples).contains(progress.interval.gradientNormCount)
    else {
      return "no run stands at update \(progress.update), epoch \(progress.epoch) and place \(progress.place) of "
        + "\(trainingExamples), after \(progress.examples) examples"
    }
    let windows = (progress.quantities ?? [:]).values.compactMap(\.window)
    guard windows.allSatisfy({ 1 <= $0.first && $0.first <= $0.last && $0.last <= progress.update && $0.count >= 1 })
    else {
      return "its quantities have seen updates that there were not"
    }
    guard progress.best?.rule.description == plan.regularisation.earlyStopping?.description,
      (0...progress.update + 1).contains(progress.best?.evaluationsSince ?? 0)
    else { return "its best evaluation is not of its plan" }
    return nil
  }
}
