/// The duration of a call in each of several ways, sampled in turns so that drift meets all of them alike.
///
/// A sample in which the process was switched out involuntarily is taken again, a few times at most.
struct InterleavedTiming {
  /// The number of samples of each way.
  var cycles = 11
  /// About the duration of one sample, in seconds.
  var sampleSeconds = 1.5e-3

  private static var tries: Int { 5 }

  /// The median duration of each of `count` ways, in seconds.
  func medians(_ count: Int, _ body: (_ way: Int) -> Void) -> [Double] {
    let calls = (0..<count).map { way in
      // The first call finds nothing in the cache.
      body(way)
      return max(1, Int(sampleSeconds / max(Self.seconds(calls: 2) { body(way) }, 1e-9)))
    }
    var samples = [[Double]](repeating: [], count: count)
    for cycle in 0..<cycles {
      for position in 0..<count {
        // Every way comes first, second and last equally often.
        let way = (position + cycle) % count
        samples[way].append(Self.undisturbed { Self.seconds(calls: calls[way]) { body(way) } })
      }
    }
    return samples.map(medianValue)
  }

  private static func undisturbed(_ sample: () -> Double) -> Double {
    var best = Double.infinity
    for _ in 0..<tries {
      let before = involuntarySwitches()
      best = min(best, sample())
      if involuntarySwitches() == before { break }
    }
    return best
  }

  private static func seconds(calls: Int, _ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    for _ in 0..<calls { body() }
    return (ContinuousClock.now - start) / .seconds(1) / Double(calls)
  }
}
