public import BatchFoundation
public import BatchProfiling

/// What has changed from one profile to another of the same kind.
public struct ProfileComparison: Sendable, Hashable, Codable {
  /// A point of both profiles.
  public struct Row: Sendable, Hashable, Codable {
    /// What was timed: `784x512 forward, batch 64, auto, 2 threads`.
    public var name: String
    /// The median time in the first profile, in seconds.
    public var before: Double
    /// The median time in the second.
    public var after: Double
    /// How much faster the second is.
    public var change: SpeedComparison
    /// Whether times were scaled to the same FMA peak: of points that the peak bounds.
    public var isAtPeak: Bool
  }

  /// How much faster the second profile's control is, with so many threads: the machine's own change.
  public struct Control: Sendable, Hashable, Codable {
    /// The number of threads.
    public var threads: Int
    /// How much faster the control of the second is.
    public var change: SpeedComparison
  }

  /// The points that both profiles have.
  public var rows: [Row]
  /// What the controls of both say of the machine, for each number of threads that both have.
  public var controls: [Control]
  /// The names of points that only one of them has.
  public var unmatched: [String]
  /// What differs between the machines, what they could do at most, and the software.
  public var differences: [String]

  /// Two profiles that cannot be compared.
  public struct Mismatch: DiagnosticError, Equatable {
    public var diagnosis: Diagnosis {
      Diagnosis(
        .usage, "one of these is a profile of products and the other of training steps", hint: "compare two of a kind")
    }
  }

  /// Compares two profiles.
  ///
  /// Points that floating-point operations bound are compared at the same FMA peak, so that a clock that has changed
  /// does not count; others in seconds. Where the ``/BatchProfiling/ControlSamples`` of the two differ, all intervals
  /// leave room for it. A point that never got quiet in one of them has no interval.
  ///
  /// - Throws: ``Mismatch`` for profiles of different kinds.
  public init(_ before: Profile, _ after: Profile, margin: Double = 0.05) throws(Mismatch) {
    let (first, second): (ComparableProfile, ComparableProfile)
    switch (before, after) {
    case (.gemm(let old), .gemm(let new)): (first, second) = (old.comparable, new.comparable)
    case (.step(let old), .step(let new)): (first, second) = (old.comparable, new.comparable)
    default: throw Mismatch()
    }
    let (olds, news) = (first.points, second.points)
    let pairs = second.controls.compactMap { new in
      first.controls.first { $0.threads == new.threads }.map { PointPair(old: $0, new: new) }
    }
    let machine = Dictionary(pairs.map { ($0.new.threads, $0) }, uniquingKeysWith: { first, _ in first })
    controls = pairs.map { Control(threads: $0.new.threads, change: $0.change(atPeak: false, margin: margin)) }
    let byName = Dictionary(olds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    rows = news.compactMap { new in
      byName[new.name].map { PointPair(old: $0, new: new).row(machine[new.threads], margin: margin) }
    }
    let names = Set(olds.map(\.name)).symmetricDifference(news.map(\.name))
    unmatched = (olds + news).map(\.name).filter(names.contains)
    differences =
      before.environment.differences(from: after.environment) + before.ceilings.differences(from: after.ceilings)
  }

  /// The points that are surely slower by more than a share of their time.
  public func regressions(beyond share: Double) -> [Row] {
    rows.filter { $0.change.verdict == .slower && 1 / $0.change.ratio - 1 > share }
  }

  /// The number of points of each verdict.
  public func count(_ verdict: SpeedComparison.Verdict) -> Int { rows.count { $0.change.verdict == verdict } }
}

/// What can be compared of a profile.
private struct ComparableProfile {
  var points: [ComparablePoint]
  /// One for each number of threads.
  var controls: [ComparablePoint]

  /// Without the points that have no samples.
  init(_ points: [ComparablePoint], controls: [ControlSamples]?, peak: (_ threads: Int) -> Double?) {
    self.points = points.filter { !$0.times.isEmpty }
    self.controls = (controls ?? []).filter { !$0.samples.times.isEmpty }.map { control in
      ComparablePoint(
        name: "control", threads: control.threads, samples: control.samples, peak: peak(control.threads),
        isBoundByPeak: true)
    }
  }
}

/// A point of a profile that may be in another, too.
private struct ComparablePoint {
  var name: String
  var threads: Int
  var times: [Double]
  var timesAtPeak: [Double]
  /// The quiet FMA peak.
  var peak: Double
  var isBoundByPeak: Bool
  var gotQuiet: Bool

  init(name: String, threads: Int, samples: TimedSamples, peak: Double?, isBoundByPeak: Bool) {
    (self.name, self.threads, self.isBoundByPeak) = (name, threads, isBoundByPeak)
    (times, timesAtPeak, gotQuiet) = (samples.times, samples.timesAtPeak, samples.gotQuiet)
    self.peak = peak ?? 1
  }
}

/// The same point of two profiles.
private struct PointPair {
  var old: ComparablePoint
  var new: ComparablePoint

  /// The times of both, as they are or at the peak of the first: the second's ratio of peaks scales its times.
  private func times(atPeak: Bool) -> (before: [Double], after: [Double]) {
    guard atPeak else { return (old.times, new.times) }
    let scale = new.peak / old.peak
    return (old.timesAtPeak, new.timesAtPeak.map { $0 * scale })
  }

  func change(atPeak: Bool, margin: Double) -> SpeedComparison {
    let (before, after) = times(atPeak: atPeak)
    var change = SpeedComparison(after, with: before, margin: margin)
    if !old.gotQuiet || !new.gotQuiet { change.interval = nil }
    return change
  }

  /// The comparison of the point, with room for what the control says of the machine.
  func row(_ control: PointPair?, margin: Double) -> ProfileComparison.Row {
    let isAtPeak = old.isBoundByPeak && new.isBoundByPeak
    let (before, after) = times(atPeak: isAtPeak)
    let change = change(atPeak: isAtPeak, margin: margin)
    return ProfileComparison.Row(
      name: new.name, before: medianValue(before), after: medianValue(after),
      change: control.map { change.allowing(for: $0.change(atPeak: isAtPeak, margin: margin)) } ?? change,
      isAtPeak: isAtPeak)
  }
}

extension GEMMProfile {
  fileprivate var comparable: ComparableProfile {
    let peak = { (threads: Int) in ceilings.peak(plan.precision, threads: threads) }
    return ComparableProfile(
      points.map { point in
        ComparablePoint(
          name: point.key.description, threads: point.key.threads, samples: point.samples,
          peak: peak(point.key.threads), isBoundByPeak: point.explanation?.bound == .operations)
      }, controls: controls, peak: peak)
  }
}

extension StepProfile {
  fileprivate var comparable: ComparableProfile {
    let peak = { (threads: Int) in ceilings.peak(plan.precision, threads: threads) }
    return ComparableProfile(
      points.map { point in
        ComparablePoint(
          name: "\(plan.model), batch \(point.batch), \(plan.threads) threads", threads: plan.threads,
          samples: point.samples, peak: peak(plan.threads), isBoundByPeak: (point.ratioToPeak ?? 0) > 0.5)
      }, controls: controls, peak: peak)
  }
}
