import BatchProfiling
public import BatchScience

/// Made-up step times, as a machine would give them that is quiet about all sizes but some.
public enum StepTimesFixture {
  /// A dozen samples about a time, within a hundredth of it; of a size that never got quiet all are disturbed.
  public static func point(_ batch: Int, seconds: Double, isQuiet: Bool = true) -> StepTimes.Point {
    let times = (0..<12).map { cycle in seconds * (1 + 0.01 * Double(cycle % 3 - 1)) }
    var samples = TimedSamples.madeUp(times, calm: times.map { _ in isQuiet ? 1 : 0.5 })
    samples.disturbedCycles = isQuiet ? 0 : times.count
    return StepTimes.Point(batch: batch, samples: samples)
  }

  /// The step times of a study for its batch sizes.
  public static func times<Plan>(
    of study: StudyDescription<Plan>, _ sizes: [Int], disturbed: Set<Int> = [], on processor: String? = nil,
    secondsPerStep: (Int) -> Double
  ) -> StepTimes {
    var machine = MachineEnvironment.current(study.context)
    if let processor { machine.processor = processor }
    return StepTimes(
      study: study.fingerprint, environment: machine,
      points: sizes.map { point($0, seconds: secondsPerStep($0), isQuiet: !disturbed.contains($0)) }, seconds: 1)
  }
}
