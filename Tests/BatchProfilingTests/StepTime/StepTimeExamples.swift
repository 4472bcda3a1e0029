import BatchData
import BatchFoundation
import BatchProfiling
import Glibc

/// Step times with known answers.
enum StepTimeExamples {
  /// Powers of two to 1024.
  static let sizes = (0...10).map { 1 << $0 }

  /// Microseconds of a step of a network 784-512-512-10 at ``sizes``: weights in panels, two threads of a Zen 4.
  static let panels = [105, 112, 122, 175, 297, 556, 1017, 1904, 3814, 7645, 16_150.0]

  /// The same network on OpenBLAS's `sgemm`, which changes its path between batch 2 and 4.
  static let pathSwitch = [205, 232, 501, 530, 600, 853, 1370, 2468, 4716, 9107, 17_719.0]

  /// Points without noise.
  static func points(_ batches: [Int], _ seconds: [Double], cycles: Int = 9) -> [StepTimePoint] {
    zip(batches, seconds).map { StepTimePoint(batch: $0, seconds: Array(repeating: $1, count: cycles)) }
  }

  /// Points without noise of a listed curve in microseconds, at the sizes whose place in it passes the filter.
  static func points(_ curve: [Double], where isIncluded: (Int) -> Bool = { _ in true }) -> [StepTimePoint] {
    points(sizes, curve.map { $0 * 1e-6 }).enumerated().filter { isIncluded($0.offset) }.map(\.element)
  }

  /// Points with independent noise in each sample, and noise that all samples of a cycle share.
  static func noisyPoints(
    _ batches: [Int], cycles: Int, deviation: Double, seed: UInt64, _ time: (Double) -> Double
  ) -> [StepTimePoint] {
    var shared = RandomStream(seed: seed, name: "shared noise")
    let cycle = (0..<cycles).map { _ in exp(0.02 * shared.normal()) }
    var stream = RandomStream(seed: seed, name: "noise")
    return batches.map { batch in
      StepTimePoint(
        batch: batch, seconds: cycle.map { $0 * exp(deviation * stream.normal()) * time(Double(batch)) })
    }
  }
}
