import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchProfiling

/// Small profiles on the machine that runs the tests: what is in them, and never how long it took.
@Suite(.serialized) struct GEMMProfilerTests {
  private func plan(
    engines: [ProfiledEngine] = [ProfiledEngine(.auto), ProfiledEngine(.openBLAS)], batchSizes: [Int] = [1, 4, 9],
    threads: [Int] = [1, 2], weights: GEMMProfilePlan.Weights = .warm, refines: Bool = false, alignment: Int? = nil
  ) throws -> GEMMProfilePlan {
    try BLASLibrary.prepare()
    var timing = TimingSettings()
    (timing.sampleSeconds, timing.warmUpSeconds) = (1e-4, 1e-5)
    (timing.minimumCycles, timing.maximumCycles, timing.maximumSeconds) = (5, 5, 0)
    return GEMMProfilePlan(
      layers: [LayerShape(inputs: 48, outputs: 64), LayerShape(inputs: 64, outputs: 10)], batchSizes: batchSizes,
      engines: engines, threads: threads, weights: weights, alignment: alignment, refines: refines, timing: timing)
  }

  @Test func aProfileHoldsEveryProductAndReadsBackTheSame() throws {
    let plan = try plan()
    let profile = try GEMMProfiler<Float>(plan).run()
    #expect(profile.points.map(\.key) == plan.products && profile.points.count == 2 * 3 * 3 * 2 * 2)
    #expect(profile.rejections.isEmpty && !profile.wasStopped && profile.cycles == 5)
    for point in profile.points {
      #expect(point.samples.times.count == 5 && point.time?.interval != nil && point.ratioToPeak != nil)
      #expect(point.error < 1e-5 && point.explanation != nil && point.rate ?? 0 > 0)
    }
    #expect(profile.controls?.map(\.threads) == plan.threads)
    #expect(profile.controls?.allSatisfy { $0.samples.times.count == 5 } ?? false)
    #expect(profile.curves.count == 2 * 3 * 2 * 2 && profile.curves.allSatisfy { $0.map(\.key.batch) == [1, 4, 9] })
    #expect(try RecordJSON.decode(GEMMProfile.self, from: RecordJSON.line(profile), path: "profile.json") == profile)
    let comparison = try #require(profile.comparison(profile.points[0], with: profile.points[1]))
    #expect(comparison.ratio > 0)
  }

  @Test func coldWeightsTakeTurnsAndRefinementKeepsTheOrder() throws {
    let plan = try plan(engines: [ProfiledEngine(.openBLAS)], threads: [1], weights: .cold, refines: true)
    let profiler = try GEMMProfiler<Float>(plan)
    let profile = try profiler.run()
    let batches = profile.curves.map { $0.map(\.key.batch) }
    #expect(batches.allSatisfy { $0 == $0.sorted() && Set($0).isSuperset(of: [1, 4, 9]) })
    #expect(GEMMProfiler<Float>.memory(plan) > 64 * 48 * 4 * 100)
    profiler.runUntimed(plan.products[0], calls: 3)
  }

  @Test func widthsOffTheMultipleAreTimedToo() throws {
    let plan = try plan(engines: [ProfiledEngine(.auto)], batchSizes: [4], threads: [1], alignment: 4)
    let profile = try GEMMProfiler<Float>(plan).run()
    #expect(AlignmentAnalysis(profile)?.pairs.isEmpty == false)
  }

  @Test func aLibraryThatComputesWronglyIsReportedAndNotTimed() throws {
    let folder = TemporaryFolder()
    let wrong = try folder.compileLibrary(tinyCBLAS(prefix: "", factor: 1.01), to: "libwrong.so")
    let good = try folder.compileLibrary(tinyCBLAS(prefix: "good_"), to: "libgood.so")
    let engines = [
      ProfiledEngine(.auto), ProfiledEngine(library: wrong), ProfiledEngine(library: good, symbolPrefix: "good_"),
    ]
    let profile = try GEMMProfiler<Float>(try plan(engines: engines, batchSizes: [4], threads: [1])).run()
    #expect(profile.rejections.map(\.engine) == ["libwrong.so"])
    #expect(profile.rejections.first?.reason.contains("at batch 4 wrongly") == true)
    #expect(Set(profile.points.map(\.key.engine)) == ["auto", "libgood.so"])
    #expect(profile.points.allSatisfy { $0.error < 1e-5 })

    let alone = try GEMMProfiler<Float>(try plan(engines: [ProfiledEngine(library: wrong)], threads: [1]))
    #expect(throws: GEMMProfileError.self) { try alone.run() }
  }

  @Test func whatCannotBeDoneIsRefusedBeforeAnythingIsAllocated() throws {
    var empty = try plan()
    empty.batchSizes = []
    #expect(throws: GEMMProfileError.empty("batch sizes")) { try GEMMProfiler<Float>(empty) }
    empty = try plan()
    empty.engines = []
    #expect(throws: GEMMProfileError.empty("engines")) { try GEMMProfiler<Float>(empty) }
    var huge = try plan()
    huge.layers.append(LayerShape(inputs: 1_000_000, outputs: 1_000_000))
    let error = try #require(throws: GEMMProfileError.self) { try GEMMProfiler<Float>(huge) }
    #expect(error.description.contains("the largest is 1000000x1000000 at batch 9"))
    let missing = try plan(engines: [ProfiledEngine(library: "/no/such/library.so")])
    let library = try #require(throws: GEMMProfileError.self) { try GEMMProfiler<Float>(missing) }
    #expect(library.description.contains("/no/such/library.so"))
  }

  @Test func aStoppedRunKeepsWhatThereIs() throws {
    var asked = 0
    let profile = try GEMMProfiler<Float>(try plan(threads: [1])).run(
      ProfileObserver(shouldStop: {
        asked += 1
        return asked > 10
      }))
    #expect(profile.wasStopped && profile.points.reduce(0) { $0 + $1.samples.times.count } == 10)
    #expect(profile.points.contains { $0.time == nil })
  }
}
