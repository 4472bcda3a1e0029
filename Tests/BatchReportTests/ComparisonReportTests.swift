import BatchReport
import Testing

@testable import BatchProfiling
@testable import BatchScience

@Suite struct ComparisonReportTests {
  private func profile(_ factor: Double, batches: [Int] = [2, 3]) -> Profile {
    .gemm(
      GEMMProfileFixture.profile(batches: batches, engines: [ProfiledEngine(.auto)]) { key in
        Double(key.batch) * 12.5e-6 * (key.batch == 2 ? factor : 1)
      })
  }

  @Test func saysWhatGotSlower() throws {
    let comparison = try ProfileComparison(profile(1), profile(2))
    let report = ComparisonReport(comparison)
    #expect(
      report.table.rendered(as: .markdown)
        == """
        | what | before | after | speed | verdict | at the same peak |
        | --- | ---: | ---: | ---: | --- | --- |
        | 1000x500 forward, batch 2, auto, 1 thread | 25.0 µs | 50.0 µs | −50.0 % [−50.0, −50.0] | SLOWER | yes |
        | 1000x500 forward, batch 3, auto, 1 thread | 37.5 µs | 37.5 µs | 0.0 % [0.0, 0.0] | SAME | yes |

        """)
    #expect(
      report.table.rendered(as: .csv).hasPrefix("name,before_seconds,after_seconds,change,change_low,change_high,"))
    #expect(
      report.findings == [
        "Of 2 points that both profiles have the second is: 0 UNCLEAR, 1 SLOWER, 0 FASTER, 1 SAME.",
        "Most is lost by 1000x500 forward, batch 2, auto, 1 thread: −50.0 % [−50.0, −50.0].",
      ])
  }

  @Test func saysThatTheMachineHasChanged() throws {
    func timed(_ factor: Double) throws -> Profile {
      guard case .gemm(var result) = profile(factor) else { throw ProfileComparison.Mismatch() }
      var samples = result.points[0].samples
      samples.seconds = samples.seconds.map { _ in factor == 1 ? 1e-4 : 2.5e-4 }
      result.controls = [ControlSamples(threads: 1, samples: samples)]
      return .gemm(result)
    }
    let findings = ComparisonReport(try ProfileComparison(timed(1), timed(2))).findings
    #expect(
      findings.prefix(2) == [
        "Of 2 points that both profiles have the second is: 2 UNCLEAR, 0 SLOWER, 0 FASTER, 0 SAME.",
        "The speed of the control, a product that is timed beside all points with 1 thread, is −60.0 % [−60.0, −60.0]: "
          + "the machine itself may have changed so much, and all intervals leave room for it.",
      ])
    #expect(ComparisonReport(try ProfileComparison(timed(1), timed(1))).findings.count == 1)
  }

  @Test func saysWhatCannotBeCompared() throws {
    guard case .gemm(var other) = profile(1, batches: [4]) else { return }
    other.environment.blas = "another"
    let report = ComparisonReport(try ProfileComparison(profile(1), .gemm(other)))
    #expect(
      report.findings == [
        "The profiles share no point.",
        "3 points are in one profile only: 1000x500 forward, batch 2, auto, 1 thread; 1000x500 forward, batch 3, "
          + "auto, 1 thread; 1000x500 forward, batch 4, auto, 1 thread.",
        "The environments differ: OpenBLAS: OpenBLAS 0.0.0 → another.",
      ])
    #expect(report.table.rows.isEmpty)
  }
}
