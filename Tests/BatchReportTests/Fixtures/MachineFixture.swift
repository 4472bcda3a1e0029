@testable import BatchProfiling

/// A made-up machine and what it measures.
enum MachineFixture {
  static var environment: MachineEnvironment {
    var environment = MachineEnvironment.current()
    (environment.processor, environment.processors) = ("made-up <processor>", 2)
    environment.blas = "OpenBLAS 0.0.0"
    return environment
  }

  static func ceilings(_ peak: Double, threads: [Int]) -> MachineCeilings {
    MachineCeilings(
      peaks: threads.map { MachineCeilings.Peak(threads: $0, precision: .float, rate: peak * Double($0)) }, rungs: [],
      transfers: [])
  }

  /// A sample a cycle; of the last `disturbed` cycles none is calm.
  static func samples(_ seconds: [Double], disturbed: Int = 0) -> TimedSamples {
    var samples = TimedSamples()
    samples.cycles = Array(seconds.indices)
    samples.seconds = seconds
    samples.calls = seconds.map { _ in 1 }
    samples.switches = seconds.map { _ in 0 }
    samples.processorShare = seconds.map { _ in 0.9 }
    samples.peak = seconds.map { _ in 1 }
    samples.calm = seconds.indices.map { $0 < seconds.count - disturbed ? 1 : 0.5 }
    samples.isKept = seconds.map { _ in true }
    samples.disturbedCycles = disturbed
    return samples
  }
}
