import BatchFoundation

extension GEMMProfile {
  /// What cannot be true of a profile that was read from a file, and where; nil for nothing.
  ///
  /// Tables, charts and comparisons count on lists of one length, on times that are positive numbers, and on points that
  /// stand for one product each.
  package var fault: String? {
    if let reason = ceilings.fault ?? plan.fault { return reason }
    var keys: Set<GEMMPointKey> = []
    for (index, point) in points.enumerated() {
      let place = "'points[\(index)]', \(point.key): "
      guard keys.insert(point.key).inserted else { return place + "it stands there twice" }
      if let reason = point.fault { return place + reason }
    }
    for (index, control) in (controls ?? []).enumerated() {
      if let reason = control.fault { return "'controls[\(index)]': \(reason)" }
    }
    for (index, cliff) in cliffs.enumerated() {
      guard cliff.before.isPossible, GEMMPointKey.batches.contains(cliff.batchAfter), cliff.change.ratio.isFinite else {
        return "'cliffs[\(index)]': no throughput falls by \(cliff.change.ratio)"
      }
    }
    guard cycles >= 0, seconds >= 0, seconds.isFinite else { return "it took \(cycles) cycles and \(seconds) seconds" }
    return nil
  }
}

extension GEMMProfilePlan {
  fileprivate var fault: String? {
    guard batchSizes.allSatisfy(GEMMPointKey.batches.contains), threads.allSatisfy(GEMMPointKey.threadCounts.contains)
    else { return "'plan' has a batch size or a number of threads that cannot be" }
    guard alignment.map({ (2...LayerShape.limit).contains($0) }) ?? true else {
      return "'plan' has multiples of \(alignment ?? 0)"
    }
    return nil
  }
}

extension GEMMPoint {
  fileprivate var fault: String? {
    guard key.isPossible else { return "no such product can be timed" }
    if let reason = samples.fault { return reason }
    // A run that was stopped has points without a sample, and no others have no time.
    guard (time == nil) == samples.times.isEmpty else { return "it has a time and no sample, or samples and no time" }
    guard time?.isFinite ?? true, ratioToPeak?.isFinite ?? true else { return "it has a time that is no number" }
    return nil
  }
}

extension GEMMPointKey {
  /// What the sizes of products and of their operands in bytes can be counted for.
  fileprivate static var batches: ClosedRange<Int> { 1...Int(Int32.max) }
  fileprivate static var threadCounts: ClosedRange<Int> { 1...65_536 }

  fileprivate var isPossible: Bool { Self.batches.contains(batch) && Self.threadCounts.contains(threads) }
}

extension ControlSamples {
  /// What cannot be true of samples that were read from a file; nil for nothing.
  package var fault: String? { threads >= 1 ? samples.fault : "a control of \(threads) threads" }
}
