import BatchFoundation

@testable import BatchProfiling
@testable import BatchScience
@testable import BatchTraining

/// Profiles of training steps with made-up times.
enum StepProfileFixture {
  /// A profile in which every sample of a batch size takes the time given for it.
  static func profile(
    batches: [Int], cycles: Int = 12, largestBatch: Int? = 1000, seconds: (Int) -> Double
  ) -> StepProfile {
    let plan = StepProfilePlan(
      model: "mlp:8", data: "dots", inputs: 6, outputs: 2, loss: .softmaxCrossEntropy, optimizer: "sgd",
      batchSizes: batches, threads: 2, memory: 1 << 30)
    return StepProfile(
      environment: MachineFixture.environment, plan: plan, ceilings: MachineFixture.ceilings(100e9, threads: [2]),
      points: batches.map { point(batch: $0, seconds: seconds($0), cycles: cycles) }, largestBatch: largestBatch,
      cycles: cycles, seconds: 5, wasStopped: false)
  }

  /// A step of which the forward pass takes half and the update a tenth.
  private static func point(batch: Int, seconds: Double, cycles: Int) -> StepProfile.Point {
    let shares: [StepPhase: Double] = [
      .data: 0.05, .forward: 0.5, .loss: 0.05, .backwardData: 0.1, .backwardWeights: 0.2, .update: 0.1,
    ]
    let time = MedianEstimate(value: seconds, interval: 0.98 * seconds...1.02 * seconds, count: cycles)
    return StepProfile.Point(
      batch: batch, samples: MachineFixture.samples(Array(repeating: seconds, count: cycles)),
      time: cycles == 0 ? nil : time,
      phases: cycles == 0
        ? [] : StepPhase.allCases.map { PhaseSeconds(phase: $0, seconds: seconds * (shares[$0] ?? 0)) },
      ratioToPeak: cycles == 0 ? nil : 0.42, utilisation: 0.9, memory: memory(batch: batch))
  }

  private static func memory(batch: Int) -> StepMemory {
    StepMemory(
      capacity: batch, parameterBytes: 1 << 20, gradientBytes: 1 << 20, optimizerStateBytes: 1 << 20,
      batchBytes: 1024 * batch, activationBytes: 8192 * batch, scratchBytes: 65_536, bytesPerExample: 9216)
  }
}
