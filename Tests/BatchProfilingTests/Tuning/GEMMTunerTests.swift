import BatchAlgebra
import BatchProfiling
import BatchTestSupport
import Testing

@Suite struct GEMMTunerTests {
  @Test(arguments: [1, 2]) func measuresEveryThreshold(threads: Int) throws {
    let tuner = try GEMMTuner<Float>(team: ThreadTeam(threads: threads), context: .test(Float.self, threads: threads))
    // On one thread there is nothing to share.
    let subjects: [GEMMTuner<Float>.Comparison.Subject] =
      threads == 1 ? [.mirroredBatch] : [.mirroredBatch, .contractionCutBatch, .smallestSharedWork]
    for subject in subjects {
      let comparisons = tuner.comparisons.filter { $0.subject == subject }
      #expect(comparisons.count >= 6 && comparisons.allSatisfy { $0.ratio > 0 && $0.ratio.isFinite })
      #expect(comparisons.map(\.value) == comparisons.map(\.value).sorted())
    }
    #expect(Set(tuner.comparisons.map(\.subject)) == Set(subjects))
    #expect((4...65).contains(tuner.thresholds.mirroredBatch))
    #expect((0...GEMMThresholds.largestContractionCut).contains(tuner.thresholds.contractionCutBatch))
    #expect((16_384...524_289).contains(tuner.thresholds.smallestSharedWork))
  }
}
