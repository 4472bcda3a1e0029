import BatchAlgebra
import BatchTraining

/// What cannot be true of the files of training runs.
struct TrainingFaults {
  let common: SweepPlan

  func fault(in records: [EvaluationRecord], _ outcome: TrainedOutcome, _ predictions: Matrix<Float>?) -> TrialFault? {
    guard let first = records.first, let last = records.last else { return TrialFault("it has no evaluation") }
    guard first.update == 0 else { return TrialFault(record: 0, "a run is evaluated before its first update") }
    for (index, record) in records.enumerated() {
      if let reason = record.fault(after: index > 0 ? records[index - 1] : nil, epochs: common.epochs) {
        return TrialFault(record: index, reason)
      }
      guard (record.validationAccuracy == nil) == (first.validationAccuracy == nil) else {
        return TrialFault(record: index, "it has an accuracy where others have none, or none where they have one")
      }
    }
    if let reason = missing(records) { return TrialFault(reason) }
    guard outcome.parameters >= 0, outcome.updates >= 0, outcome.learningRate.isFinite else {
      return TrialFault("its end has a count below zero, or a rate that is no number")
    }
    if let update = outcome.divergedAtUpdate {
      return update > last.update ? nil : TrialFault("it diverged at update \(update), after which it was evaluated")
    }
    guard common.regularisation.earlyStopping != nil || last.epoch == Double(common.epochs) else {
      return TrialFault("its last evaluation is of epoch \(last.epoch), and the study's runs have \(common.epochs)")
    }
    guard outcome.testLoss != nil, EvaluationRecord.isShare(outcome.testAccuracy) else {
      return TrialFault("its end has no loss over the test part, or an accuracy that is no share")
    }
    guard let predictions else { return TrialFault("it names no predictions") }
    guard predictions.rows == common.exampleCounts[2], predictions.columns > 0 else {
      return TrialFault(
        "it has predictions for \(predictions.rows) examples, and the test part has \(common.exampleCounts[2])")
    }
    return nil
  }

  /// An evaluation that is asked for on the way to the last one, and is not there.
  private func missing(_ records: [EvaluationRecord]) -> String? {
    guard let last = records.last else { return nil }
    let updates = Set(records.map(\.update))
    var doubling = EvaluationSchedule.firstDoubling
    while doubling > 0, doubling <= last.update {
      if !updates.contains(doubling) { return "the evaluation after update \(doubling) is missing" }
      doubling &*= 2
    }
    let epochs = Set(records.filter(\.endsEpoch).map(\.epoch))
    for epoch in 0...Int(last.epoch) where !epochs.contains(Double(epoch)) {
      return "the evaluation after epoch \(epoch) is missing"
    }
    return nil
  }

  func fault(inTargets targets: Matrix<Float>, classifies: Bool, outputs: Set<Int>) -> SharedFault? {
    func fault(_ reason: String) -> SharedFault { SharedFault(array: TrainingArrays.testTargets, reason) }
    guard targets.rows == common.exampleCounts[2] else {
      return fault("it has targets of \(targets.rows) examples, and the test part has \(common.exampleCounts[2])")
    }
    guard outputs.count <= 1 else { return fault("the trials predict \(outputs.sorted()) outputs, and not the same") }
    guard let outputs = outputs.first else { return nil }
    guard classifies else {
      guard targets.columns == outputs else {
        return fault("it has \(targets.columns) values an example, and the trials predict \(outputs)")
      }
      return targets.elements.allSatisfy(\.isFinite) ? nil : fault("it has a value that is no number")
    }
    let classes = Float(max(outputs, 2))
    let isClass = { (label: Float) in label >= 0 && label < classes && label == label.rounded() }
    guard targets.columns == 1, targets.elements.allSatisfy(isClass) else {
      return fault("it has something else than the numbers of \(max(outputs, 2)) classes")
    }
    return nil
  }
}

extension EvaluationRecord {
  /// What cannot be true of an evaluation of a run of so many epochs, made after another one; nil for nothing.
  func fault(after before: EvaluationRecord?, epochs: Int) -> String? {
    guard epoch >= 0, epoch <= Double(epochs) else { return "'epoch' is \(epoch), and the run has \(epochs)" }
    // Longer than anybody waits: a year of training.
    guard seconds >= before?.seconds ?? 0, seconds < 3.2e7 else { return "'seconds' is \(seconds)" }
    guard examples >= 0, batchSize ?? 1 >= 1 else { return "it has a count below zero" }
    guard Self.isShare(validationAccuracy), Self.isShare(trainingAccuracy) else {
      return "it has an accuracy that is no share"
    }
    for measurement in measurements ?? [] {
      if let reason = measurement.fault(upTo: update) { return "its \(measurement.name) \(reason)" }
    }
    guard let before else { return nil }
    guard update > before.update, epoch > before.epoch, examples > before.examples else {
      return "it is not later than the evaluation before it"
    }
    return nil
  }

  static func isShare(_ value: Double?) -> Bool { value.map { (0...1).contains($0) } ?? true }
}

extension Measurement {
  /// What cannot be true of a measurement up to an update; nil for nothing.
  fileprivate func fault(upTo update: Int) -> String? {
    guard [value, low, high].allSatisfy({ $0?.isFinite ?? true }), low ?? 0 <= high ?? .infinity else {
      return "has a number that is none, or an interval that ends before it begins"
    }
    if let value, value < low ?? value || value > high ?? value { return "lies outside of its interval" }
    guard let first = firstUpdate, let last = lastUpdate, first >= 1, first <= last, last <= update else {
      return "is of updates that there were not"
    }
    guard 0...1 << 40 ~= probes else { return "has \(probes) probes" }
    return nil
  }
}
