import BatchAlgebra
import BatchFoundation
import BatchScience
import BatchTestSupport
import FoundationEssentials
import Testing

@testable import BatchProfiling

/// Files of profiles that cannot be what a profiler wrote are refused before anything is computed from them.
@Suite struct DamagedProfileTests {
  private let folder = TemporaryFolder()

  private func gemm() -> GEMMProfile { ProfileComparisonTests.profile() }

  /// What is said of a profile that is written and read back; nil for one that is read.
  private func fault(_ change: (inout GEMMProfile) -> Void) throws -> String? {
    var profile = gemm()
    change(&profile)
    let path = "\(folder.path)/profile.json"
    try Profile.gemm(profile).write(to: path)
    let error = thrownError { () throws(FileError) in try Profile(path: path) }
    return error.map { $0.description.replacing("\(path): ", with: "") }
  }

  @Test func whatAProfilerWritesIsRead() throws {
    #expect(try fault { _ in } == nil)
    // Stopped before its first sample.
    #expect(try fault { ($0.points[1].samples, $0.points[1].time) = (TimedSamples(), nil) } == nil)
  }

  @Test func samplesThatDisagreeAreNamed() throws {
    let place = "'points[1]', 64x64 forward, batch 2, auto, 1 thread: "
    #expect(
      try fault { $0.points[1].samples.calm.removeLast() } == place + "the samples have lists of different lengths")
    #expect(try fault { $0.points[1].samples.seconds[3] = .nan } == place + "a sample took nan seconds")
    #expect(try fault { $0.points[1].samples.seconds[3] = 0 } == place + "a sample took 0.0 seconds")
    #expect(try fault { $0.points[1].samples.seconds[3] = 1e300 } == place + "a sample took 1e+300 seconds")
    #expect(try fault { $0.points[1].samples.peak[0] = -.infinity } != nil)
    #expect(try fault { $0.points[1].samples.calls[0] = 0 } != nil)
    #expect(try fault { $0.points[1].samples.cycles[1] = 0 } == place + "a cycle has two samples that stand for it")
    #expect(
      try fault { $0.points[1].samples = TimedSamples() } == place
        + "it has a time and no sample, or samples and no time")
    #expect(try fault { $0.points[1].time = nil } == place + "it has a time and no sample, or samples and no time")
  }

  @Test func pointsAndPlansThatCannotBeAreNamed() throws {
    #expect(
      try fault { $0.points.append($0.points[0]) }
        == "'points[3]', 64x64 forward, batch 1, auto, 1 thread: it stands there twice")
    for batch in [0, -1, Int.max] { #expect(try fault { $0.points[0].key.batch = batch } != nil) }
    #expect(try fault { $0.points[0].key.threads = 0 } != nil)
    #expect(try fault { $0.points[0].time?.value = .infinity } != nil)
    #expect(try fault { $0.plan.alignment = 0 } == "'plan' has multiples of 0")
    #expect(try fault { $0.plan.alignment = .max } != nil && fault { $0.plan.batchSizes = [0] } != nil)
    #expect(try fault { $0.ceilings.peaks[0].rate = 0 } == "'ceilings' has a rate of 0.0")
    #expect(
      try fault { $0.ceilings.rungs = [.init(threads: 1, cacheLevel: 1, workingSet: 0, read: 1, update: 1)] } != nil)
    #expect(try fault { $0.seconds = .nan } != nil && fault { $0.cycles = -1 } != nil)
    #expect(try fault { $0.controls = [ControlSamples(threads: 0, samples: .madeUp([1]))] } != nil)
  }

  /// Numbers of the file are damaged one by one and at random: whatever is read can be compared with itself.
  @Test func damageEndsNothing() throws {
    let path = folder.write(Profile.gemm(gemm()).json, to: "profile.json")
    let text = String(decoding: try DurableFile.read(path), as: UTF8.self)
    let numbers = text.matches(of: #/-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?/#).map(\.range)
    var random = RandomStream(seed: 1, name: "damage")
    for value in ["0", "-1", "1e300", "9223372036854775807", "1e-320", "\"nan\"", "\"inf\"", "null", "0.5"] {
      for _ in 0..<40 {
        var damaged = text
        damaged.replaceSubrange(numbers[random.integer(below: numbers.count)], with: value)
        folder.write(damaged, to: "profile.json")
        guard let profile = try? Profile(path: path) else { continue }
        _ = try ProfileComparison(profile, profile)
      }
    }
  }
}
