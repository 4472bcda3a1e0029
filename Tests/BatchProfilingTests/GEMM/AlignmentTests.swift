import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchProfiling

@Suite struct AlignmentTests {
  private var plan: GEMMProfilePlan {
    GEMMProfilePlan(
      layers: [LayerShape(inputs: 16, outputs: 24)], passes: [.forward], batchSizes: [16, 70],
      engines: [ProfiledEngine(.auto)], threads: [1], alignment: 8)
  }

  @Test func everySizeIsComparedWithTheNextMultiple() {
    let pairs = AlignmentPairs(alignment: 8, plan: plan)
    #expect(pairs.multiples == [16, 72])
    let batches = plan.products.filter { $0.layer == plan.layers[0] }.map(\.batch)
    #expect(Set(batches) == Set(Array(8...16) + Array(64...72)) && batches.count == 18)
    #expect(Set(plan.allLayers.map(\.inputs)) == Set(8...16) && Set(plan.allLayers.map(\.outputs)) == Set(16...24))
    let narrow = plan.products.filter { $0.layer.inputs == 9 }
    #expect(narrow.map(\.batch) == [16, 72] && plan.largestBatch == 72)
  }

  /// Multiples of 8 compute 10 % faster in every dimension, up to batch 64.
  private func seconds(_ key: GEMMPointKey) -> Double {
    let isOff = key.batch <= 64 && [key.batch, key.layer.inputs, key.layer.outputs].contains { !$0.isMultiple(of: 8) }
    return key.operations * 1e-9 * (isOff ? 1.1 : 1)
  }

  @Test func gainsAreFoundWhereTheyAre() throws {
    let points = plan.products.enumerated().map { index, key -> GEMMPoint in
      let samples = TimedSamples.madeUp(about: seconds(key), cycles: 16, spread: 0.001, shift: index)
      return GEMMPoint(
        key: key, method: ProductMethod(description: "made up"), error: 0, samples: samples,
        time: MedianEstimate(of: samples.times), ratioToPeak: nil, explanation: nil)
    }
    let profile = GEMMProfile.madeUp(plan: plan, points: points)
    let analysis: AlignmentAnalysis = try #require(AlignmentAnalysis(profile))
    #expect(analysis.pairs.count == 42)
    for summary in analysis.summaries {
      let isSmall = summary.batches.upperBound <= 64
      #expect(abs(summary.gain.ratio - (isSmall ? 1.1 : 1)) < 0.003, "\(summary)")
      #expect(summary.gain.verdict == (isSmall ? .faster : .same), "\(summary)")
    }
    let nine = try #require(analysis.pairs.first { $0.dimension == .batch && $0.size == 9 })
    #expect(nine.multiple == 16 && abs(nine.padding.ratio - 16.0 / 9 / 1.1) < 0.01 && nine.isBetweenMultiples)
    var plain = profile
    plain.plan.alignment = nil
    #expect(AlignmentAnalysis(plain) == nil)
  }

  /// A file may number its cycles as it likes: they are told apart and ordered, and no memory is taken for gaps.
  @Test func cyclesMayHaveAnyNumbers() throws {
    func quartiles(_ number: (Int) -> Int) -> QuartileDraws {
      let points = plan.products.prefix(4).enumerated().map { index, key -> GEMMPoint in
        var samples = TimedSamples.madeUp(about: seconds(key), cycles: 16, spread: 0.1, shift: index)
        samples.cycles = samples.cycles.map(number)
        return GEMMPoint(
          key: key, method: ProductMethod(description: "made up"), error: 0, samples: samples,
          time: MedianEstimate(of: samples.times), ratioToPeak: nil, explanation: nil)
      }
      return QuartileDraws(points)
    }
    let usual = quartiles { $0 }
    for other in [quartiles { $0 << 40 }, quartiles { $0 == 15 ? .max : $0 }] {
      #expect(other.values == usual.values && other.draws == usual.draws && other.stretch == usual.stretch)
    }
  }

  /// Samples as a busy machine gives them: a tenth of noise, a fifth of them delayed up to fivefold, and some missing.
  private func disturbed(_ truth: Double, cycles: Int, _ random: inout RandomStream) -> TimedSamples {
    var samples = TimedSamples.madeUp([])
    for cycle in 0..<cycles where random.uniform() > 0.2 {
      let delay = random.uniform() < 0.2 ? 1 + 4 * random.uniform() : 1
      let sample = TimedSamples.madeUp([truth * (1 + 0.01 * abs(random.normal())) * delay])
      samples.seconds += sample.seconds
      samples.cycles.append(cycle)
      samples.calls += sample.calls
      samples.switches += sample.switches
      samples.peak += sample.peak
      samples.calm += sample.calm
      samples.isKept += sample.isKept
    }
    return samples
  }

  /// Planted effects come back inside their intervals: of 500 profiles in at least 93 %.
  ///
  /// For the pooled gain and for one remainder. No effect is seen where there is none, and a large one mostly is, though a
  /// third of the samples are of no use.
  @Test(.enabled(if: !_isDebugAssertConfiguration()), arguments: [0, 0.02, 0.05, 0.2])
  func plantedEffectsLieInTheirIntervals(effect: Double) throws {
    let plan = GEMMProfilePlan(
      layers: [LayerShape(inputs: 16, outputs: 24)], passes: [.forward],
      batchSizes: [8, 16, 24, 32],
      engines: [ProfiledEngine(.auto)], threads: [1], alignment: 8)
    let keys = plan.products.filter { $0.layer == plan.layers[0] }
    var (pooled, single, seen) = (0, 0, 0)
    let studies = 125
    for seed in 0..<UInt64(studies) {
      var random = RandomStream(seed: seed, name: "planted", index: UInt64(effect * 100))
      let points = keys.map { key -> GEMMPoint in
        let truth = key.operations * 1e-9 * (key.batch.isMultiple(of: 8) ? 1 : 1 + effect)
        let samples = disturbed(truth, cycles: 14, &random)
        return GEMMPoint(
          key: key, method: ProductMethod(description: "made up"), error: 0, samples: samples, time: nil,
          ratioToPeak: nil, explanation: nil)
      }
      let analysis = try #require(AlignmentAnalysis(GEMMProfile.madeUp(plan: plan, points: points)))
      let summary = try #require(analysis.summaries.first { $0.dimension == .batch })
      let interval = try #require(summary.gain.interval)
      pooled += interval.contains(1 + effect) ? 1 : 0
      single += summary.remainders[3].gain.interval?.contains(1 + effect) == true ? 1 : 0
      seen += summary.gain.verdict == .faster ? 1 : 0
    }
    #expect(pooled * 100 >= 93 * studies && single * 100 >= 93 * studies, "\(pooled), \(single) of \(studies)")
    #expect(effect < 0.2 || seen * 100 >= 80 * studies, "\(seen) of \(studies) seen")
    #expect(effect > 0 || seen * 100 <= 3 * studies, "\(seen) of \(studies) seen")
  }
}

extension GEMMProfile {
  /// A profile of a machine that does 100 GFLOP/s a thread.
  static func madeUp(plan: GEMMProfilePlan, points: [GEMMPoint]) -> GEMMProfile {
    GEMMProfile(
      environment: .current(), plan: plan,
      ceilings: MachineCeilings(
        peaks: [1, 2].map { MachineCeilings.Peak(threads: $0, precision: .float, rate: 1e11 * Double($0)) }, rungs: [],
        transfers: []),
      points: points, rejections: [], cliffs: [], cycles: 16, seconds: 1, wasStopped: false)
  }
}
