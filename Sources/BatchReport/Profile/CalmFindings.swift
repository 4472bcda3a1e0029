import BatchFoundation
import BatchProfiling

/// How calm the machine was while a profile was made, a sentence each.
struct CalmFindings {
  /// The points and their samples.
  let points: [(name: String, samples: TimedSamples)]
  let cycles: Int
  let wasStopped: Bool

  var sentences: [String] { [discards, share, disturbed, stop].compactMap { $0 } }

  private var discards: String? {
    let discarded = points.reduce(0) { $0 + $1.samples.discarded }
    let taken = points.reduce(0) { $0 + $1.samples.seconds.count }
    guard discarded > 0 else { return nil }
    return
      "\(NumberFormat.grouped(discarded)) of \(NumberFormat.grouped(taken)) samples were disturbed and thrown away; "
      + "they were taken again."
  }

  /// Which time the figures are of, and how much of it there was a processor for.
  private var share: String? {
    processorShare.map {
      "Times are wall-clock times; meanwhile the thread that took the samples ran for \(NumberFormat.percent($0)) of the "
        + "time."
    }
  }

  /// The processor time of the calling thread over the wall clock, of all samples together.
  private var processorShare: Double? {
    var (wall, processor) = (0.0, 0.0)
    for (_, samples) in points {
      for (index, share) in (samples.processorShare ?? []).enumerated() {
        let seconds = samples.seconds[index] * Double(samples.calls[index])
        wall += seconds
        processor += share * seconds
      }
    }
    return wall > 0 ? processor / wall : nil
  }

  /// Of a chart's points: `3 of 40 points, drawn hollow, never got quiet.`; nil where all did.
  static func hollow(_ samples: [TimedSamples]) -> String? {
    let loud = samples.count { !$0.gotQuiet }
    return loud == 0 ? nil : "\(loud) of \(samples.count) points, drawn hollow, never got quiet."
  }

  /// The points whose figures are of disturbed samples too.
  private var disturbed: String? {
    let loud = points.filter { !$0.samples.gotQuiet }
    guard let first = loud.first else { return nil }
    let names = loud.count == 1 ? first.name : "\(first.name) and \(loud.count - 1) more"
    return
      "\(loud.count) of \(points.count) points never got quiet: their times are those of the least delayed samples, and "
      + "nothing above is concluded from them: \(names). Time them again when less else runs."
  }

  private var stop: String? {
    guard wasStopped else { return nil }
    let missing = points.count { $0.samples.times.isEmpty }
    let few = points.count { (1..<MedianBootstrap.leastCount).contains($0.samples.times.count) }
    return "The run was stopped early, after \(cycles) \(cycles == 1 ? "cycle" : "cycles")"
      + (missing > 0 ? "; \(missing) of \(points.count) points have no sample" : "")
      + (few > 0 ? "; \(few) have too few for an interval" : "") + "."
  }
}
