import BatchFoundation
import Glibc

extension BatchDecision {
  /// The outcomes of a measurement that are looked at.
  private static var outcomeCount: Int { 48 }

  /// The expected seconds that one more tuned measurement of the updates at a batch would save, before its cost.
  ///
  /// The value of sample information (Raiffa & Schlaifer 1961, *Applied Statistical Decision Theory*): each of
  /// some possible outcomes weighs the draws by how likely they make it, and the batch that is then best may be another
  /// than the chosen. `noise` is the standard deviation of ln S of the measurement.
  public func valueOfMeasuring(_ batch: Int, noise: Double = 0.1) -> Double {
    precondition(batch >= 1 && noise > 0, "a measurement at batch \(batch) with a noise of \(noise)")
    let logSteps = curves.map { $0.logSteps(at: batch) }
    let draws = logSteps.count
    var generator = RandomStream(seed: seed, name: "measurement", index: UInt64(batch))
    var weights = [Double](repeating: 0, count: draws)
    let chosen = chosenIndex
    var saved = 0.0
    for outcome in 0..<Self.outcomeCount {
      // The draws lie in the order of their critical batches: every so many of them stand for all.
      let truth = (2 * outcome + 1) * draws / (2 * Self.outcomeCount)
      let measured = logSteps[truth] + noise * generator.normal()
      var total = 0.0
      for draw in 0..<draws {
        let distance = (measured - logSteps[draw]) / noise
        weights[draw] = exp(-distance * distance / 2)
        total += weights[draw]
      }
      let expected = seconds.map { Self.product($0, weights) / total }
      saved += expected[chosen] - (expected.min() ?? expected[chosen])
    }
    return saved / Double(Self.outcomeCount)
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        // Several sums at once: one would wait for every addition.
        var sums = SIMD4<Double>()
        let whole = a.count & ~3
        for index in stride(from: 0, to: whole, by: 4) {
          let left = SIMD4(a[index], a[index + 1], a[index + 2], a[index + 3])
          let right = SIMD4(b[index], b[index + 1], b[index + 2], b[index + 3])
          sums += left * right
        }
        return (whole..<a.count).reduce(sums.sum()) { $0 + a[$1] * b[$1] }
      }
    }
  }
}
