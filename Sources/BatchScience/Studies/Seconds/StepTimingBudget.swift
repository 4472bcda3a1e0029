import BatchProfiling

/// How long the steps of a study are timed: little beside what the study will take.
enum StepTimingBudget {
  /// The share of the study's time at most; on a quiet machine the times are known much sooner.
  private static let share = 0.1
  /// The limits within which it is kept, in seconds.
  private static let limits = 0.05...10
  /// The seconds that nobody minds.
  private static let unnoticed = 1.0

  /// Settings for steps that take about so long each, in a study of about so many seconds; nil where even the fewest
  /// samples would take too much of its time.
  static func settings(stepSeconds: [Double], studySeconds: Double) -> TimingSettings? {
    // A short study gets up to a second more: a busy machine takes as long for it.
    let granted = share * studySeconds + min(studySeconds, 2) / 2
    let seconds = min(max(granted, limits.lowerBound), limits.upperBound)
    var settings = TimingSettings()
    settings.maximumSeconds = seconds
    if seconds < 1 { settings.minimumCycles = 6 }
    let count = Double(max(1, stepSeconds.count * settings.minimumCycles))
    // A sample is warmed up and has probes on both sides; a short one has a better chance to be left alone.
    settings.sampleSeconds = min(1e-3, max(2e-4, seconds / count / 3))
    settings.warmUpSeconds = min(settings.warmUpSeconds, settings.sampleSeconds / 2)
    let least = stepSeconds.reduce(0) { sum, step in
      sum + max(step, settings.sampleSeconds) + max(step, settings.warmUpSeconds)
    }
    let bound = max(unnoticed, share * studySeconds)
    return least * Double(settings.minimumCycles) <= bound ? settings : nil
  }
}
