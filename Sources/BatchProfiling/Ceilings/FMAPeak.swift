public import BatchAlgebra
import CBatchKernels

/// The floating-point operations a second that a team's processors reach at most: multiply-adds in registers.
///
/// No operand comes from memory and enough registers are at work to hide the latency of the instruction, with the
/// widest vectors of the processor. On a shared machine the peak moves: ``probe()`` is short enough to be taken on both
/// sides of every timing, which is then told as a ratio to it.
public final class FMAPeak: @unchecked Sendable {
  /// The numbers computed with.
  public enum Precision: String, Sendable, Hashable, CaseIterable, Codable {
    /// 32 bits.
    case float
    /// 64 bits.
    case double
    /// 16 bits with the exponents of 32, multiplied in pairs and added up in 32 bits: VDPBF16PS, of AVX512_BF16.
    case bfloat16

    /// Those that this processor computes with; no ``FMAPeak`` is made for another.
    public static var supported: [Precision] { allCases.filter { $0 != .bfloat16 || bk_supports_bf16() != 0 } }
  }

  /// What one run did and how long it took.
  public struct Run: Sendable, Hashable {
    /// The floating-point operations of all threads; a multiply-add is two.
    public var operations: Int
    /// The duration in seconds.
    public var seconds: Double
    /// The sum of all registers of all threads at the end.
    public var sum: Double

    /// The floating-point operations a second.
    public var rate: Double { Double(operations) / seconds }
  }

  /// The team whose threads run at once.
  public let team: ThreadTeam
  /// The numbers computed with.
  public let precision: Precision
  /// The rounds of a ``probe()``, chosen so that it takes about the time asked for.
  public private(set) var roundsOfProbe = 1
  /// A cache line a thread: operations, then sum.
  private let results: AlignedBuffer<Double>

  /// A probe that takes about `seconds` when nothing else runs.
  ///
  /// Tries itself out for a few times that long, on the calling thread. The precision must be one of
  /// ``Precision/supported``.
  ///
  /// - Throws: `AllocationError` when there is no memory for the threads' results.
  public init(_ team: ThreadTeam, precision: Precision = .float, seconds: Double = 350e-6) throws(AllocationError) {
    precondition(seconds > 0 && seconds <= 1, "a probe of \(seconds) seconds; give more than 0 and at most 1")
    precondition(
      Precision.supported.contains(precision),
      "this processor does not compute in \(precision); Precision.supported has those that it does")
    self.team = team
    self.precision = precision
    results = try AlignedBuffer(count: team.threads * Self.resultStride)
    var rounds = 256
    // Without the team: on a busy machine waiting for a helper would pass for work, and the probe would be too short.
    while shortest(rounds: rounds) < seconds / 4 { rounds *= 2 }
    roundsOfProbe = max(1, Int(Double(rounds) * seconds / shortest(rounds: rounds)))
  }

  /// The shortest of a few durations on the calling thread: one that was interrupted looks long.
  private func shortest(rounds: Int) -> Double {
    let task = task(rounds: rounds)
    var shortest = Double.infinity
    for _ in 0..<5 {
      let start = ContinuousClock.now
      task.run(thread: 0, of: 1)
      shortest = min(shortest, (ContinuousClock.now - start) / .seconds(1))
    }
    return max(shortest, 1e-9)
  }

  /// One short probe, after a warm-up that wakes sleeping threads: the rate in floating-point operations a second.
  public func probe() -> Double {
    _ = run(rounds: roundsOfProbe / 8 + 1)
    return run(rounds: roundsOfProbe).rate
  }

  /// Runs x ← x · multiplier + addend in every register of every thread, `rounds` times.
  ///
  /// Register k begins with k in every lane. The standard operands keep the numbers near 1. In bfloat16 a round is
  /// x ← x + multiplier · addend, twice, with both operands rounded: four operations a lane.
  public func run(rounds: Int, multiplier: Double = 0.999, addend: Double = 0.001) -> Run {
    precondition(rounds >= 0, "\(rounds) rounds")
    let task = task(rounds: rounds, multiplier: multiplier, addend: addend)
    let start = ContinuousClock.now
    team.runTogether(task)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var run = Run(operations: 0, seconds: seconds, sum: 0)
    for thread in 0..<team.threads {
      run.operations += Int(results.baseAddress[thread * Self.resultStride])
      run.sum += results.baseAddress[thread * Self.resultStride + 1]
    }
    return run
  }

  private func task(rounds: Int, multiplier: Double = 0.999, addend: Double = 0.001) -> FMATask {
    FMATask(
      rounds: Int64(rounds), precision: precision, multiplier: multiplier, addend: addend,
      results: results.baseAddress)
  }

  fileprivate static let resultStride = 8
}

private struct FMATask: TeamTask {
  let rounds: Int64
  let precision: FMAPeak.Precision
  let multiplier: Double
  let addend: Double
  let results: UnsafeMutablePointer<Double>

  func run(thread: Int, of threads: Int) {
    var sum = 0.0
    let operations =
      switch precision {
      case .float: bk_fma_f32(rounds, Float(multiplier), Float(addend), &sum)
      case .double: bk_fma_f64(rounds, multiplier, addend, &sum)
      case .bfloat16: bk_fma_bf16(rounds, Float(multiplier), Float(addend), &sum)
      }
    results[thread * FMAPeak.resultStride] = Double(operations)
    results[thread * FMAPeak.resultStride + 1] = sum
  }
}
