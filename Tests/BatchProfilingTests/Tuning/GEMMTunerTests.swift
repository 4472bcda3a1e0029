import BatchAlgebra
import BatchTestSupport
import Testing

@testable import BatchProfiling

@Suite struct GEMMTunerTests {
  @Test(arguments: [1, 2]) func measuresEveryThreshold(threads: Int) throws {
    let tuner = try GEMMTuner<Float>(team: ThreadTeam(threads: threads), context: .test(Float.self, threads: threads))
    // On one thread there is nothing to share.
    let subjects = GEMMTuner<Float>.Subject.all.filter {
      threads > 1 || $0 != .contractionCutBatch && $0 != .smallestSharedWork
    }
    for subject in subjects {
      let comparisons = tuner.comparisons.filter { $0.subject == subject }
      #expect(comparisons.count >= 6 && comparisons.allSatisfy { $0.ratio > 0 && $0.ratio.isFinite })
      #expect(comparisons.map(\.value) == comparisons.map(\.value).sorted())
    }
    #expect(Set(tuner.comparisons.map(\.subject)) == Set(subjects))
    #expect((4...65).contains(tuner.thresholds.ntPackedBatch))
    #expect((0...GEMMThresholds.largestContractionCut).contains(tuner.thresholds.contractionCutBatch))
    #expect((16_384...524_289).contains(tuner.thresholds.smallestSharedWork))
    // What is stored is what can be read again.
    var tuning = GEMMTuning()
    tuning.thresholds[GEMMTuning.Key(.underTest, .float, threads: threads)] = tuner.thresholds
    #expect(try GEMMTuning(text: tuning.text) == tuning)
  }

  @Test func theLongestRunIsTaken() {
    func run(_ pattern: String) -> ClosedRange<Int>? {
      GEMMTuner<Float>.longestRun(pattern.enumerated().map { ($0.offset, $0.element == "x") })
    }
    #expect(run("....") == nil)
    #expect(run("x.xx.") == 2...3)
    #expect(run("xx.xx") == 0...1)
    #expect(run("xxxx") == 0...3)
  }
}
