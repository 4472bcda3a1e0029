import BatchReport
import BatchTraining
import Foundation
import FoundationXML
import Testing

@Suite struct ScheduleReportTests {
  private func report(
    _ schedule: String, batch: String = "fixed", epochs: Int = 10, examplesPerEpoch: Int = 1000
  ) throws -> ScheduleReport {
    let schedule = try ScheduleCodec.read(schedule)
    let batch = try BatchScheduleCodec.read(batch)
    return ScheduleReport(
      epochs: epochs, examplesPerEpoch: examplesPerEpoch, batchSize: { batch.batchSize(at: $0, from: 32) },
      learningRate: { 0.1 * schedule.factor(at: $0) * batch.rateFactor(at: $0, from: 32) })
  }

  @Test func theTableHasEvenRowsAndTheEnd() throws {
    let report = try report("warm-up:2:1/8:multi-step:3:0.1", batch: "grow:2:4", epochs: 4)
    let lines = report.table.rendered(as: .csv).split(separator: "\n")
    #expect(lines.count == 42)
    #expect(lines[0] == "epoch,examples,batch_size,learning_rate")
    #expect(lines[1] == "0,0,32,0.0125")
    #expect(lines[11] == "1,1000,32,0.05625")
    #expect(lines[20].hasPrefix("1.9,1900,32,0.0956"))
    #expect(lines[21] == "2,2000,128,0.1")
    #expect(lines[31].hasPrefix("3,3000,128,0.01"))
    #expect(lines[41].hasPrefix("4,4000,128,0.01"))
    #expect(
      report.table.rendered(as: .table).split(separator: "\n").prefix(4).joined(separator: "\n")
        == """
        epoch  examples  batch    rate
        ──────────────────────────────
         0.00         0     32  0.0125
         0.10       100     32  0.0169
        """)
  }

  /// A milestone between two rows has a row of its own.
  @Test func jumpsHaveARow() throws {
    let report = try report("multi-step:33,66:0.1", batch: "grow:77:2", epochs: 100)
    #expect(report.rows.map(\.position.epoch).filter { $0.truncatingRemainder(dividingBy: 5) != 0 } == [33, 66, 77])
    #expect(report.rows.count == 24)
    // The curve falls upright: a point before the milestone, and one at it.
    let around = report.curve.filter { abs($0.position.examples - 33_000) <= 1 }
    #expect(around.map(\.position.examples) == [32_999, 33_000])
    #expect(around[0].learningRate == 0.1 && abs(around[1].learningRate - 0.01) < 1e-17)
  }

  @Test(arguments: [1, 2, 3, 7, 30, 40, 41, 90, 1000, 100_000, 100_000_000])
  func anyLengthHasAReadableTable(_ epochs: Int) throws {
    for examplesPerEpoch in [1, 3, 60_000] {
      let report = try report("cosine", epochs: epochs, examplesPerEpoch: examplesPerEpoch)
      #expect(report.rows.count <= 42)
      #expect(report.rows.first?.position.examples == 0)
      #expect(report.rows.last?.position.examples == epochs * examplesPerEpoch)
      #expect(report.rows.count >= min(16, epochs * examplesPerEpoch))
      let examples = report.curve.map(\.position.examples)
      #expect(examples == Set(examples).sorted() && examples.last == epochs * examplesPerEpoch)
    }
  }

  /// However long the training, the schedule is asked at a bounded number of places, and round milestones are among
  /// them.
  @Test func longTrainingsAreLookedAtInPlaces() throws {
    let schedule = try ScheduleCodec.read("multi-step:30%:0.1")
    var questions = 0
    let report = ScheduleReport(
      epochs: 100_000_000, examplesPerEpoch: 60_000,
      batchSize: { _ in
        questions += 1
        return 32
      }, learningRate: { schedule.factor(at: $0) })
    #expect(questions < 40_000)
    let around = report.curve.filter { abs($0.position.examples - 30_000_000 * 60_000) <= 1 }
    #expect(around.map(\.learningRate) == [1, 0.1] && report.rows.contains { $0.position.epoch == 30_000_000 })
  }

  @Test(arguments: [
    ("constant", "It stays at 0.100."), ("cosine", "It goes from 0.100 to 0."),
    ("warm-up:5:1/8:constant", "It rises from 0.0125 to 0.100 at epoch 5.00 and stays there."),
    ("one-cycle", "It rises from 0.00400 to 0.100 at epoch 3.00 and ends at 4.00e-07."),
  ])
  func theRateChartSaysHowTheRateGoes(_ schedule: String, _ answer: String) throws {
    let chart = try report(schedule).rateChart
    #expect(chart.answer == answer)
    #expect(chart.panels[0].series[0].points.allSatisfy { (0.0...0.1001).contains($0.y) && (0.0...10).contains($0.x) })
    #expect(XMLParser(data: Data(chart.file().utf8)).parse())
    #expect(!chart.file().contains("no data yet"))
  }

  @Test(arguments: [
    ("fixed", "It stays at 32."), ("grow:5:4", "It goes from 32 to 128 in 1 step."),
    ("grow:3,6,9:2", "It goes from 32 to 256 in 3 steps."),
  ])
  func theBatchChartSaysHowTheBatchGoes(_ batch: String, _ answer: String) throws {
    let chart = try report("constant", batch: batch).batchChart
    #expect(chart.answer == answer)
    #expect(XMLParser(data: Data(chart.file().utf8)).parse())
  }
}
