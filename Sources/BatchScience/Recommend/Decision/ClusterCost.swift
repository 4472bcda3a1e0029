import BatchFoundation
import Glibc

/// Time to the goal on several workers that share each batch: on paper, extrapolated from one machine.
///
/// Each of R workers computes B/R examples, and the gradients are summed by a ring all-reduce (Patarasuk & Yuan 2009,
/// *Bandwidth optimal all-reduce algorithms for clusters of workstations*, J. Parallel Distrib. Comput. 69): T_R(B)
/// = T(B/R) + 2(R − 1)/R·bytes/bandwidth + 2(R − 1)·latency. Nothing of the network is measured: workers are taken to
/// be alike and never to wait for one another, and communication not to overlap with computation. The steps to the goal
/// are those of the posterior, at batches beyond what was tried.
public struct ClusterCost: Sendable, Hashable, Encodable {
  /// The connection between workers.
  public struct Network: Sendable, Hashable, Codable {
    /// Bytes a second from one worker to the next.
    public var bandwidth: Double
    /// Seconds that each message takes whatever its size.
    public var latency: Double

    /// A network.
    public init(bandwidth: Double, latency: Double) {
      self.bandwidth = bandwidth
      self.latency = latency
    }

    /// The seconds of a ring all-reduce among workers.
    public func allReduceSeconds(workers: Int, byteCount: Int) -> Double {
      let others = Double(workers - 1)
      return 2 * others / Double(workers) * Double(byteCount) / bandwidth + 2 * others * latency
    }
  }

  /// What a number of workers can do.
  public struct Point: Sendable, Hashable, Codable {
    /// The number of workers R.
    public var workers: Int
    /// The batch of the least expected time, of all workers together.
    public var batch: Int
    /// The mean of ``seconds``.
    public var expectedSeconds: Double
    /// The seconds to the goal.
    public var seconds: CredibleEstimate
    /// The time of one worker, which trains as the answer says, over this time.
    public var speedUp: CredibleEstimate

    private enum CodingKeys: String, CodingKey {
      case workers, batch, seconds
      case expectedSeconds = "expected_seconds"
      case speedUp = "speed_up"
    }
  }

  /// The numbers of workers, ascending.
  public let points: [Point]
  /// The largest number of workers that pays: up to it every doubling gains a factor of at least ``leastGain``; its
  /// median and 90 % interval over the draws.
  public let usefulWorkers: CredibleEstimate

  private enum CodingKeys: String, CodingKey {
    case points = "rows"
    case usefulWorkers = "useful_workers"
  }

  /// What a doubling of the workers must gain in speed.
  public static var leastGain: Double { 1.1 }

  /// How many workers there may be.
  public static var workerCounts: ClosedRange<Int> { 1...1 << 20 }

  /// Extends a decision to several workers.
  ///
  /// A worker computes one of the decision's candidates; one alone trains with `answer`, of several those that expect the
  /// least time. `largestBatch` is the most examples of an update of all workers together, as there are in the data.
  /// `byteCount` is what the gradient takes. Without an answer it is the decision's choice.
  ///
  /// - Throws: ``CostEvidenceError`` for a number of workers below 1, or a network that cannot be.
  public init(
    _ decision: BatchDecision, answer: Int? = nil, workers: [Int], byteCount: Int, network: Network,
    largestBatch: Int = .max
  ) throws(CostEvidenceError) {
    let axis = Set(workers).sorted()
    guard !axis.isEmpty, axis.allSatisfy(Self.workerCounts.contains) else { throw .badWorkers(workers) }
    guard network.bandwidth > 0, network.latency >= 0, network.latency.isFinite else {
      throw .badNetwork(bandwidth: network.bandwidth, latency: network.latency)
    }
    let shares = decision.candidates.map(\.batch)
    let own = decision.candidates.firstIndex { $0.batch == answer } ?? decision.chosenIndex
    func communication(_ workers: Int) -> Double { network.allReduceSeconds(workers: workers, byteCount: byteCount) }
    func stepSeconds(_ choice: (workers: Int, share: Int), draw: Int) -> Double {
      (decision.times.seconds(at: choice.share, draw: draw) ?? .nan) + communication(choice.workers)
    }
    func best(_ workers: Int) -> (share: Int, seconds: [Double], mean: Double)? {
      // Which batch one alone trains with has been answered.
      (workers == 1 ? [shares[own]] : shares.filter { $0 <= largestBatch / workers }).map { share in
        let seconds = decision.curves.enumerated().map { draw, curve in
          curve.steps(at: share * workers) * stepSeconds((workers, share), draw: draw)
        }
        return (share, seconds, Sample(seconds).mean)
      }.min { $0.2 < $1.2 }
    }
    let alone = decision.seconds[own]
    let choices = axis.compactMap { workers in best(workers).map { (workers: workers, choice: $0) } }
    points = choices.map { workers, choice in
      Point(
        workers: workers, batch: choice.share * workers, expectedSeconds: choice.mean,
        seconds: CredibleEstimate(of: choice.seconds),
        speedUp: CredibleEstimate(of: zip(alone, choice.seconds).map { $0 / $1 }))
    }
    // What the form deviates by from one batch to the next is no gain of the workers.
    usefulWorkers = CredibleEstimate(
      of: decision.curves.enumerated().map { draw, curve in
        let times = choices.map { workers, choice in
          let steps = exp(curve.logFormSteps(at: choice.share * workers))
          return (workers: workers, seconds: steps * stepSeconds((workers, choice.share), draw: draw))
        }
        return Double(Self.useful(times))
      })
  }

  /// The last number of workers before the first step of the axis that gains too little, brought to a doubling.
  private static func useful(_ times: [(workers: Int, seconds: Double)]) -> Int {
    for (fewer, more) in zip(times, times.dropFirst()) where more.workers > fewer.workers {
      let doublings = log2(Double(more.workers) / Double(fewer.workers))
      if fewer.seconds / more.seconds < pow(leastGain, doublings) { return fewer.workers }
    }
    return times.last?.workers ?? 1
  }
}
