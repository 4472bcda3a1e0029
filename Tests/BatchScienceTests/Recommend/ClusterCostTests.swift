import BatchFoundation
import Foundation
import Testing

@testable import BatchScience

/// Several workers on paper.
@Suite struct ClusterCostTests {
  private func decision() throws -> BatchDecision {
    let task = KnownTask(
      truth: LinearTimeToGoal(secondsPerStep: 1e-4, secondsPerExample: 1e-4, minimumSteps: 500, criticalBatch: 600))
    var generator = RandomStream(seed: 3, name: "task")
    let batches = (0...10).map { 1 << $0 }
    let runs = batches.flatMap { task.runs(at: $0, seeds: 0..<30, noise: 0.01, &generator) }
    return try BatchDecision(
      CostPosterior(steps: runs), times: task.times(batches, noise: 1e-4, &generator), candidates: batches, draws: 300)
  }

  /// The ring, played message by message: R − 1 rounds to sum, R − 1 to tell, each of one R-th of the gradient.
  @Test(arguments: [1, 2, 3, 8, 64])
  func theAllReduceTakesWhatTheRingTakes(workers: Int) {
    let network = ClusterCost.Network(bandwidth: 1e9, latency: 2e-5)
    var seconds = 0.0
    for _ in 0..<2 {
      for _ in 1..<max(1, workers) { seconds += 4e6 / Double(workers) / 1e9 + 2e-5 }
    }
    #expect(abs(network.allReduceSeconds(workers: workers, byteCount: 4_000_000) - seconds) < 1e-12)
  }

  @Test func oneWorkerIsTheDecision() throws {
    let decision = try decision()
    let cluster = try ClusterCost(
      decision, workers: [1], byteCount: 1000, network: .init(bandwidth: 1e9, latency: 1e-5))
    #expect(cluster.points.map(\.batch) == [decision.chosen.batch])
    #expect(abs(cluster.points[0].expectedSeconds - decision.chosen.expectedSeconds) < 1e-9)
    #expect(cluster.points[0].speedUp == CredibleEstimate(value: 1, low: 1, high: 1))
    #expect(cluster.usefulWorkers.value == 1)
  }

  /// The answer may be a trained batch beside the one of the least expected time.
  @Test func oneWorkerIsTheAnswer() throws {
    let decision = try decision()
    let answer = try #require(decision.candidates.first { $0.batch == decision.chosen.batch / 2 })
    let cluster = try ClusterCost(
      decision, answer: answer.batch, workers: [1, 2], byteCount: 0, network: .init(bandwidth: 1e9, latency: 0))
    let one = cluster.points[0]
    #expect(one.batch == answer.batch && one.seconds == answer.seconds)
    #expect(one.expectedSeconds == answer.expectedSeconds)
    #expect(one.speedUp == CredibleEstimate(value: 1, low: 1, high: 1))
    let free = try ClusterCost(decision, workers: [2], byteCount: 0, network: .init(bandwidth: 1e9, latency: 0))
    #expect(cluster.points[1].speedUp.value > free.points[0].speedUp.value)
  }

  /// Without a network workers speed it up until each has an example: S_min(1 + φ/Rb)(α + βb), least over b.
  @Test func aNetworkThatCostsNothingLeavesTheCriticalBatchAsTheLimit() throws {
    let cluster = try ClusterCost(
      decision(), workers: (0...14).map { 1 << $0 }, byteCount: 1000, network: .init(bandwidth: .infinity, latency: 0))
    for point in cluster.points where point.workers <= 1024 {
      let least =
        (0...10).map { exponent in
          let share = pow(2, Double(exponent))
          return 500 * (1 + 600 / (Double(point.workers) * share)) * (1e-4 + 1e-4 * share)
        }.min() ?? 0
      #expect(abs(point.expectedSeconds / least - 1) < 0.08)
    }
    // Doubling gains a tenth until (1 + 600/R)/(1 + 300/R) is 1.1 with an example each: R = 2700.
    #expect(cluster.usefulWorkers.low >= 1024 && cluster.usefulWorkers.high <= 4096)
    #expect(cluster.usefulWorkers.value == 2048 || cluster.usefulWorkers.value == 4096)
    let speeds = cluster.points.map(\.speedUp.value)
    #expect(zip(speeds, speeds.dropFirst()).allSatisfy { $0 <= $1 * 1.01 })
  }

  @Test func aSlowNetworkIsWorthNoSecondWorker() throws {
    let cluster = try ClusterCost(
      decision(), workers: [1, 2, 4, 8], byteCount: 400_000_000, network: .init(bandwidth: 1e8, latency: 1e-3))
    #expect(cluster.usefulWorkers == CredibleEstimate(value: 1, low: 1, high: 1))
    #expect(cluster.points[3].speedUp.value < 1)
  }

  @Test func noUpdateIsLargerThanTheData() throws {
    let cluster = try ClusterCost(
      decision(), workers: [1, 16, 512], byteCount: 1000, network: .init(bandwidth: 1e9, latency: 0), largestBatch: 128)
    #expect(cluster.points.map(\.workers) == [1, 16])
    #expect(cluster.points.allSatisfy { $0.batch <= 128 && $0.batch.isMultiple(of: $0.workers) })
  }

  @Test func whatCannotBeIsRefused() throws {
    let decision = try decision()
    let network = ClusterCost.Network(bandwidth: 1e9, latency: 0)
    #expect(throws: CostEvidenceError.badWorkers([2, 0])) {
      try ClusterCost(decision, workers: [2, 0], byteCount: 1, network: network)
    }
    #expect(throws: CostEvidenceError.badWorkers([])) {
      try ClusterCost(decision, workers: [], byteCount: 1, network: network)
    }
    #expect(throws: CostEvidenceError.badWorkers([1 << 21])) {
      try ClusterCost(decision, workers: [1 << 21], byteCount: 1, network: network)
    }
    #expect(throws: CostEvidenceError.badNetwork(bandwidth: 0, latency: 0)) {
      try ClusterCost(decision, workers: [2], byteCount: 1, network: .init(bandwidth: 0, latency: 0))
    }
  }
}
