import BatchFoundation
import BatchProfiling
import BatchTraining

extension StepProfile {
  /// What cannot be true of a profile that was read from a file, and where; nil for nothing.
  var fault: String? {
    if let reason = ceilings.fault ?? plan.fault { return reason }
    var batches: Set<Int> = []
    for (index, point) in points.enumerated() {
      let place = "'points[\(index)]', batch \(point.batch): "
      guard batches.insert(point.batch).inserted else { return place + "it stands there twice" }
      if let reason = point.fault { return place + reason }
    }
    for (index, control) in (controls ?? []).enumerated() {
      if let reason = control.fault { return "'controls[\(index)]': \(reason)" }
    }
    guard largestBatch ?? 1 >= 1, cycles >= 0, seconds >= 0, seconds.isFinite else {
      return "it took \(cycles) cycles and \(seconds) seconds, for batches up to \(largestBatch ?? 0)"
    }
    return nil
  }
}

extension StepProfilePlan {
  fileprivate var fault: String? {
    let counts = [inputs, outputs, threads] + batchSizes + fittedSizes
    guard counts.allSatisfy({ (1...Int(Int32.max)).contains($0) }), memory >= 0 else {
      return "'plan' has a size or a number of threads that cannot be"
    }
    return nil
  }
}

extension StepProfile.Point {
  fileprivate var fault: String? {
    guard (1...Int(Int32.max)).contains(batch) else { return "no step has so many examples" }
    if let reason = samples.fault { return reason }
    guard (time == nil) == samples.times.isEmpty else { return "it has a time and no sample, or samples and no time" }
    guard time?.isFinite ?? true, ratioToPeak?.isFinite ?? true, utilisation.isFinite else {
      return "it has a time or a share that is no number"
    }
    guard Set(phases.map(\.phase)).count == phases.count, phases.allSatisfy({ $0.seconds >= 0 && $0.seconds.isFinite })
    else { return "a phase stands there twice, or its time is no number" }
    guard openBLAS.map({ (0...1).contains($0.share) }) ?? true else { return "OpenBLAS's part is no share" }
    let bytes = [
      memory.parameterBytes, memory.gradientBytes, memory.optimizerStateBytes, memory.batchBytes,
      memory.activationBytes, memory.scratchBytes, memory.bytesPerExample, memory.capacity,
    ]
    // More than any machine has, and few enough to be added up.
    return bytes.allSatisfy { (0...1 << 56).contains($0) } ? nil : "it has a memory that cannot be"
  }
}
