public import BatchAlgebra
import BatchFoundation

/// Makes a profile of products.
///
/// Everything that can be refused is refused before anything is timed: plans without members, operands that do not fit
/// into memory, libraries that cannot be loaded. Engines that compute wrongly are reported, and not timed.
public final class GEMMProfiler<S: Scalar> {
  /// What is timed.
  public let plan: GEMMProfilePlan
  private let context: ComputeContext
  private let cases: GEMMCases<S>

  /// Allocates the operands and loads the libraries; without a context the usual one is taken.
  ///
  /// The plan says how many threads, not the context.
  ///
  /// - Throws: ``GEMMProfileError`` when the plan cannot be carried out.
  public init(_ plan: GEMMProfilePlan, context: ComputeContext? = nil) throws(GEMMProfileError) {
    precondition(S.self == Float.self ? plan.precision == .float : plan.precision == .double, "another precision")
    let context = context ?? ComputeContext(for: S.self, threads: ThreadTeam.availableProcessors)
    self.context = context
    self.plan = plan
    cases = try GEMMCases(plan, context)
  }

  /// Checks what can be checked before operands are allocated.
  ///
  /// - Throws: ``GEMMProfileError`` when it cannot.
  public static func check(_ plan: GEMMProfilePlan, context: ComputeContext? = nil) throws(GEMMProfileError) {
    try GEMMCases<S>.check(plan, context ?? ComputeContext(for: S.self, threads: 1))
  }

  /// The bytes that the operands of a plan take; `Int.max` for more than can be counted.
  public static func memory(_ plan: GEMMProfilePlan, context: ComputeContext? = nil) -> Int {
    GEMMMemory<S>(plan, context ?? ComputeContext(for: S.self, threads: 1)).byteCount
  }

  /// Runs a product again and again without timing it, for a tool that watches the process.
  public func runUntimed(_ key: GEMMPointKey, calls: Int) {
    let products = cases.products(key)
    products?.prepare()
    products?.run(key.pass, batch: key.batch, calls: calls)
  }

  /// Times everything.
  ///
  /// - Throws: ``GEMMProfileError`` when no engine computes what it should, or memory is short.
  public func run(_ observer: ProfileObserver = ProfileObserver()) throws(GEMMProfileError) -> GEMMProfile {
    let start = ContinuousClock.now
    observer.onProgress("measuring what the machine can do", 0)
    var ceilings: MachineCeilings
    do {
      ceilings = try MachineCeilings.measure(threadCounts: plan.threads + [1])
    } catch {
      throw .ceilings(error)
    }
    let gates: [Int: DisturbanceGate]
    let controls: [ControlProduct]
    do {
      gates = try cases.gates()
      controls = try cases.controls()
    } catch {
      throw .allocation(error)
    }
    observer.onProgress("checking results", 0)
    let rejections = cases.rejectWrong(plan.products)
    var keys = plan.products.filter { cases.products($0) != nil }
    guard !keys.isEmpty else { throw .noUsableEngine(reasons: rejections.map { "\($0.engine): \($0.reason)" }) }
    let overheads = cases.overheads()

    let refinement = GEMMRefinement(cases: cases, gates: gates, ceilings: ceilings, timing: plan.timing)
    let timer = InterleavedTimer(settings: plan.timing, gates: gates)
    let result = timer.run(
      cases.work(keys, ceilings: ceilings) + controls.map(\.work),
      observer.timer("timing \(keys.count) products"))
    let controlSamples = zip(controls, result.samples.dropFirst(keys.count)).map { $0.samples($1) }
    var samples = Dictionary(zip(keys, result.samples), uniquingKeysWith: { first, _ in first })
    var wasStopped = result.wasStopped
    if plan.refines, !wasStopped {
      wasStopped = refinement.refine(&keys, &samples, observer.timer("looking for cliffs"))
    }
    for (threads, gate) in gates { ceilings = ceilings.raised(toFloatPeak: gate.quietPeak, threads: threads) }
    let points = sorted(keys).map { key in
      point(key, samples[key] ?? TimedSamples(), gates: gates, ceilings: ceilings, overheads: overheads)
    }
    var profile = GEMMProfile(
      environment: .current(context), plan: plan, ceilings: ceilings, points: points, controls: controlSamples,
      rejections: rejections, cliffs: [], cycles: result.cycles, seconds: (ContinuousClock.now - start) / .seconds(1),
      wasStopped: wasStopped)
    profile.cliffs = profile.curves.flatMap { zip($0, $0.dropFirst()).compactMap { Cliff($0, $1) } }
    return profile
  }

  /// The order of the plan, with added batch sizes in their places.
  private func sorted(_ keys: [GEMMPointKey]) -> [GEMMPointKey] {
    func rank<T: Equatable>(_ value: T, _ all: [T]) -> Int { all.firstIndex(of: value) ?? all.count }
    let engines = plan.engines.map(\.description)
    let layers = plan.allLayers
    func order(_ key: GEMMPointKey) -> [Int] {
      [
        rank(key.layer, layers), rank(key.pass, plan.passes), key.batch, rank(key.threads, plan.threads),
        rank(key.engine, engines),
      ]
    }
    return keys.sorted { order($0).lexicographicallyPrecedes(order($1)) }
  }

  private func point(
    _ key: GEMMPointKey, _ samples: TimedSamples, gates: [Int: DisturbanceGate], ceilings: MachineCeilings,
    overheads: [String: GEMMExplanation.Overheads]
  ) -> GEMMPoint {
    let method = cases.products(key)?.method(key.pass, batch: key.batch)
    var point = GEMMPoint(
      key: key, method: method ?? ProductMethod(description: "unknown"), error: cases.error(key), samples: samples
    )
    guard var time = samples.estimate else { return point }
    if let peak = ceilings.peak(plan.precision, threads: key.threads) {
      time = time.clamped(above: key.operations / peak)
      point.ratioToPeak = (samples.gotQuiet ? MedianEstimate(ofPositive: samples.timesAtPeak) : time)
        .dividing(key.operations / peak).clamped(below: 1)
    }
    point.time = time
    point.explanation = overheads["\(key.engine) \(key.threads)"].flatMap {
      GEMMExplanation(
        key, time: time.value, method: point.method, precision: plan.precision,
        copies: cases.products(key)?.operands.copies ?? 1,
        ceilings: ceilings, overheads: $0)
    }
    return point
  }
}
