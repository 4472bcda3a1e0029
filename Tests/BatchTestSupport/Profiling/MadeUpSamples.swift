public import BatchProfiling

extension TimedSamples {
  /// A sample a cycle.
  public static func madeUp(_ seconds: [Double], calm: [Double]? = nil) -> TimedSamples {
    var samples = TimedSamples()
    samples.seconds = seconds
    samples.cycles = Array(seconds.indices)
    samples.calls = seconds.map { _ in 1 }
    samples.switches = seconds.map { _ in 0 }
    samples.processorShare = seconds.map { _ in 1 }
    samples.peak = seconds.map { _ in 1 }
    samples.calm = calm ?? seconds.map { _ in 1 }
    samples.isKept = seconds.map { _ in true }
    return samples
  }

  /// A sample a cycle about a time, up and down by turns.
  public static func madeUp(about seconds: Double, cycles: Int, spread: Double, shift: Int = 0) -> TimedSamples {
    var times: [Double] = []
    for cycle in 0..<cycles {
      let step = (cycle * 5 + shift) % 7 - 3
      times.append(seconds * (1 + spread * Double(step)))
    }
    return madeUp(times)
  }
}
