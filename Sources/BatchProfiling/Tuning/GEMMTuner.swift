public import BatchAlgebra
import BatchFoundation
import Glibc

/// Measures on this machine which way of computing a layer's products is the fastest, and from which batch on.
public struct GEMMTuner<S: Scalar> {
  /// Two ways at one batch size or amount of work.
  public struct Comparison: Sendable, Hashable {
    /// The threshold that it bears on.
    public var subject: Subject
    /// The batch size, or the number of multiply-adds.
    public var value: Int
    /// The duration of the first way over that of the second: above 1 where the second is the faster.
    ///
    /// The second is that for larger values, or OpenBLAS.
    public var ratio: Double
  }

  /// A threshold that is measured.
  public enum Subject: Sendable, Hashable {
    /// ``/BatchAlgebra/GEMMThresholds/ntPackedBatch``.
    case ntPackedBatch
    /// ``/BatchAlgebra/GEMMThresholds/contractionCutBatch``.
    case contractionCutBatch
    /// ``/BatchAlgebra/GEMMThresholds/smallestSharedWork``.
    case smallestSharedWork
    /// ``/BatchAlgebra/GEMMThresholds/openBLASPanels`` of a pass.
    case openBLASPanels(GEMMPlan.Pass)
    /// ``/BatchAlgebra/GEMMThresholds/openBLASTransposed`` of a pass.
    case openBLASTransposed(GEMMPlan.Pass)

    /// All of them, in the order in which they are measured.
    public static var all: [Subject] {
      [.ntPackedBatch, .contractionCutBatch, .smallestSharedWork]
        + GEMMPlan.Pass.allCases.map { .openBLASPanels($0) } + GEMMPlan.Pass.allCases.map { .openBLASTransposed($0) }
    }
  }

  /// The thresholds that the comparisons come to.
  public private(set) var thresholds: GEMMThresholds
  /// What was measured, in order.
  public private(set) var comparisons: [Comparison] = []
  private let team: ThreadTeam
  private let context: ComputeContext
  private let timer: InterleavedTimer

  /// OpenBLAS is called where it takes at most so much longer than the own kernel: a well-kept library beats code of
  /// one's own that is no faster.
  public static var tolerance: Double { 0.03 }

  /// Measures for some seconds on a team's threads, with the context's instruction set.
  ///
  /// - Throws: `AllocationError` when there is no memory for the layers.
  public init(team: ThreadTeam, context: ComputeContext) throws(AllocationError) {
    self.team = team
    var own = context
    (own.engine, own.threads) = (.kernels, team.threads)
    self.context = own
    thresholds = GEMMThresholds.defaults(for: context.instructionSet, S.precision)
    timer = InterleavedTimer(settings: Self.settings, gates: [team.threads: try DisturbanceGate(team)])
    let large = try TunedLayer<S>(1024, 512, team, own), small = try TunedLayer<S>(512, 512, team, own)
    // Of many inputs OpenBLAS copies the panels, of few it does not: what is to hold for both is measured on both.
    let wide = try TunedLayer<S>(4096, 512, team, own)
    let tiny = try TunedLayer<S>(128, 128, team, own), narrow = try TunedLayer<S>(512, 10, team, own)
    measureKernels(large: large, small: small, tiny: tiny)
    measureOpenBLAS(wide: wide, small: small, narrow: narrow)
  }

  /// Short: a tuning is to be over before anybody minds.
  private static var settings: TimingSettings {
    var settings = TimingSettings()
    (settings.sampleSeconds, settings.warmUpSeconds) = (0.5e-3, 0.2e-3)
    (settings.minimumCycles, settings.maximumCycles) = (9, 9)
    // Several times what it takes on a quiet machine; on a busy one nothing is tried again from then on.
    settings.maximumSeconds = 0.3
    return settings
  }

  /// Where one own kernel, or cut, gives way to another.
  private mutating func measureKernels(large: TunedLayer<S>, small: TunedLayer<S>, tiny: TunedLayer<S>) {
    // Several layers, as in a step: when a weight is read again, others have taken its place in the caches near a core.
    func backward(_ batch: Int, _ context: ComputeContext) {
      large.backward(batch, context)
      small.backward(batch, context)
    }
    func ways(_ change: (_ thresholds: inout GEMMThresholds, _ isLarger: Bool) -> Void) -> [ComputeContext] {
      [false, true].map { isLarger in
        var way = context
        way.thresholds = GEMMThresholds(
          ntPackedBatch: thresholds.ntPackedBatch, contractionCutBatch: 0, smallestSharedWork: 0)
        change(&way.thresholds, isLarger)
        return way
      }
    }
    let packed = ways { $0.ntPackedBatch = $1 ? 1 : .max }
    thresholds.ntPackedBatch = measure(.ntPackedBatch, [4, 6, 8, 12, 16, 24, 32, 48, 64], packed, backward)
    guard team.threads > 1 else { return }
    // Uncut is the way for larger batches.
    let uncut = measure(
      .contractionCutBatch, [1, 2, 4, 8, 12, 16, 24, 32], ways { $0.contractionCutBatch = $1 ? 0 : .max }, backward)
    thresholds.contractionCutBatch = min(uncut - 1, GEMMThresholds.largestContractionCut)
    thresholds.smallestSharedWork = measure(
      .smallestSharedWork, [1, 2, 4, 8, 16, 32].map { $0 * tiny.work }, ways { $0.smallestSharedWork = $1 ? 0 : .max }
    ) { work, context in tiny.run(.forward, work / tiny.work, context) }
  }

  /// At which batches OpenBLAS is as fast as the own kernels, with the thresholds that were found for these.
  private mutating func measureOpenBLAS(wide: TunedLayer<S>, small: TunedLayer<S>, narrow: TunedLayer<S>) {
    var own = context
    own.thresholds = thresholds
    var openBLAS = own
    openBLAS.engine = .openBLAS
    for pass in GEMMPlan.Pass.allCases {
      thresholds.openBLASPanels[pass] = openBLASBatches(.openBLASPanels(pass), [own, openBLAS]) { batch, context in
        wide.run(pass, batch, context)
        small.run(pass, batch, context)
      }
      thresholds.openBLASTransposed[pass] = openBLASBatches(.openBLASTransposed(pass), [own, openBLAS]) {
        batch, context in
        narrow.run(pass, batch, context)
      }
    }
  }

  /// Multiples of four up to a large batch, and others beside them.
  private static var openBLASSizes: [Int] { [4, 5, 8, 16, 17, 64, 65, 256] }

  /// The longest run of sizes at which OpenBLAS, the second way, is no slower than the tolerance allows; among all
  /// batches, or among the multiples of four alone where the others are the slower.
  private mutating func openBLASBatches(
    _ subject: Subject, _ ways: [ComputeContext], _ body: @escaping (_ batch: Int, _ way: ComputeContext) -> Void
  ) -> BatchRange {
    let ratios = Self.openBLASSizes.map { (size: $0, ratio: compare(subject, $0, ways, body)) }
    func isTaken(_ ratio: Double) -> Bool { ratio >= 1 / (1 + Self.tolerance) }
    let all = Self.longestRun(ratios.map { ($0.size, isTaken($0.ratio)) })
    let fours = ratios.filter { $0.size.isMultiple(of: 4) }
    let multiples = Self.longestRun(fours.map { ($0.size, isTaken($0.ratio)) })
    guard let multiples else { return all.map { Self.range($0, multiplesOf: 1) } ?? .none }
    if let all, all.upperBound >= multiples.upperBound, all.lowerBound <= multiples.lowerBound {
      return Self.range(all, multiplesOf: 1)
    }
    return Self.range(multiples, multiplesOf: 4)
  }

  /// What holds at the largest size that was measured is taken to hold above it.
  private static func range(_ sizes: ClosedRange<Int>, multiplesOf multiple: Int) -> BatchRange {
    BatchRange(
      from: sizes.lowerBound, through: sizes.upperBound == openBLASSizes.last ? .max : sizes.upperBound,
      multiplesOf: multiple)
  }

  /// The first and the last size of the longest run of those that are taken.
  static func longestRun(_ sizes: [(size: Int, isTaken: Bool)]) -> ClosedRange<Int>? {
    var best: (count: Int, sizes: ClosedRange<Int>)?
    var count = 0
    for (index, entry) in sizes.enumerated() {
      count = entry.isTaken ? count + 1 : 0
      if count > best?.count ?? 0 { best = (count, sizes[index - count + 1].size...entry.size) }
    }
    return best?.sizes
  }

  /// Compares two ways at rising values; returns the value from which on the way for larger ones is to be taken.
  ///
  /// All values together then take the least time, each weighing the same: one noisy ratio does not move the threshold
  /// far. One more than the last value where that way should never be taken.
  private mutating func measure(
    _ subject: Subject, _ values: [Int], _ ways: [ComputeContext],
    _ body: @escaping (_ value: Int, _ way: ComputeContext) -> Void
  ) -> Int {
    // What is lost on the values so far by taking the way for larger ones, in logarithms.
    var loss = 0.0
    var best = (loss: 0.0, value: values[0])
    for (index, value) in values.enumerated() {
      loss += log(compare(subject, value, ways, body))
      if loss < best.loss { best = (loss, index + 1 < values.count ? values[index + 1] : value + 1) }
    }
    return best.value
  }

  /// The duration of the first way over that of the second; of the shorter samples of each, which others disturbed
  /// least.
  private mutating func compare(
    _ subject: Subject, _ value: Int, _ ways: [ComputeContext],
    _ body: @escaping (_ value: Int, _ way: ComputeContext) -> Void
  ) -> Double {
    let work = ways.map { way in
      TimedWork(name: "\(subject) \(value)", threads: team.threads, group: 0) { calls in
        for _ in 0..<calls { body(value, way) }
      }
    }
    let durations = timer.run(work).samples.map { samples in
      let times = samples.times.sorted()
      return medianValue(Array(times.prefix(max(1, times.count / 2))))
    }
    comparisons.append(Comparison(subject: subject, value: value, ratio: durations[0] / durations[1]))
    return durations[0] / durations[1]
  }
}

extension GEMMTuner.Subject: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ntPackedBatch: "nt-packed batch"
    case .contractionCutBatch: "contraction cut batch"
    case .smallestSharedWork: "smallest shared work"
    case .openBLASPanels(let pass): "openblas on panels, \(pass.rawValue)"
    case .openBLASTransposed(let pass): "openblas on transposed weights, \(pass.rawValue)"
    }
  }
}
