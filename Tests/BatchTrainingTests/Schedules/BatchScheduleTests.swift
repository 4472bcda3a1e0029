import BatchFoundation
import BatchTraining
import Foundation
import Testing

@Suite struct BatchScheduleTests {
  private func position(epoch: Double, perEpoch: Int = 50_000, epochs: Int = 90) -> TrainingPosition {
    TrainingPosition(
      examples: Int(epoch * Double(perEpoch)), examplesPerEpoch: perEpoch, totalExamples: epochs * perEpoch)
  }

  @Test func aFixedBatchStays() throws {
    let schedule = try BatchScheduleCodec.read("fixed")
    for epoch in [0.0, 30, 89.9] {
      #expect(schedule.batchSize(at: position(epoch: epoch), from: 32) == 32)
      #expect(schedule.rateFactor(at: position(epoch: epoch), from: 32) == 1)
    }
    #expect(schedule.largestBatchSize(from: 32, examplesPerEpoch: 10, totalExamples: 20) == 32)
  }

  static let growths: [(String, Int, [Int], [Double])] = [
    ("grow:30,60,80:5", 128, [128, 640, 3200, 16_000], [1.0, 1, 1, 1]),
    ("grow:30,60,80:5:1000", 128, [128, 640, 1000, 1000], [1, 1, 1000.0 / 3200, 1000.0 / 16_000]),
    ("grow:30,60,80:5", 10_000, [10_000, 50_000, 50_000, 50_000], [1, 1, 0.2, 0.04]),
    ("grow:30,60,80:2:64", 128, [128, 128, 128, 128], [1, 0.5, 0.25, 0.125]),
    ("grow:30,60,80:1.5", 3, [3, 5, 7, 10], [1, 5 / 4.5, 7 / 6.75, 10 / 10.125]),
  ]

  /// Batch size and factor of the rate before and after each milestone.
  @Test(arguments: growths)
  func growsAtMilestonesAndLeavesTheRestToTheRate(
    _ text: String, _ base: Int, _ sizes: [Int], _ factors: [Double]
  ) throws {
    let schedule = try BatchScheduleCodec.read(text)
    for (index, epochs) in [[0, 29.9], [30, 59.9], [60, 79.9], [80, 89.9]].enumerated() {
      for epoch in epochs {
        #expect(schedule.batchSize(at: position(epoch: epoch), from: base) == sizes[index])
        #expect(abs(schedule.rateFactor(at: position(epoch: epoch), from: base) - factors[index]) < 1e-15)
      }
    }
    // A training that ends at a milestone does not reach it.
    for (epochs, index) in [(1, 0), (30, 0), (31, 1), (60, 1), (61, 2), (80, 2), (90, 3)] {
      #expect(
        schedule.largestBatchSize(from: base, examplesPerEpoch: 50_000, totalExamples: epochs * 50_000)
          == sizes[index])
    }
  }

  /// The quotient of rate and batch falls as with a decay of the rate by the same factor, whatever limits the batch.
  @Test(arguments: ["5", "5:700", "5:64", "1.7", "1.7:333"])
  func theNoiseFallsAsWithADecayOfTheRate(_ rest: String) throws {
    let growth = try BatchScheduleCodec.read("grow:30,60,80:\(rest)")
    let factor = try #require(Double(rest.split(separator: ":")[0]))
    let decay = try MultiStepDecay(milestones: [.epochs(30), .epochs(60), .epochs(80)], factor: 1 / factor)
    for epoch in stride(from: 0.0, to: 90, by: 2.5) {
      let here = position(epoch: epoch)
      let noise = growth.rateFactor(at: here, from: 96) / Double(growth.batchSize(at: here, from: 96))
      #expect(abs(noise * 96 - decay.factor(at: here)) < 1e-15)
    }
  }

  /// Growth beyond anything a number can hold ends at the size of the training part.
  @Test func endlessGrowthDoesNotOverflow() throws {
    let schedule = try GrowingBatch(milestones: [.epochs(1), .epochs(2)], factor: 1e300)
    #expect(schedule.batchSize(at: position(epoch: 3), from: 1000) == 50_000)
    #expect(schedule.rateFactor(at: position(epoch: 3), from: 1000) == 0)
  }

  @Test(arguments: ["fixed", "grow:30,60:5", "grow:30%,60%:2.5:4096"])
  func theTextReadsBack(_ text: String) throws {
    let schedule = try Coded<BatchScheduleCodec>(text)
    #expect(schedule.description == text)
    #expect(
      try JSONDecoder().decode([Coded<BatchScheduleCodec>].self, from: JSONEncoder().encode([schedule])) == [schedule])
    let same = try Coded<BatchScheduleCodec>("grow:30.0,60:5.0")
    #expect((schedule == same) == (text == "grow:30,60:5"))
  }

  private static let usage = "grow:EPOCHS,EPOCHS,...:FACTOR or with :LARGEST behind it, as in grow:30,60,80:5:4096"

  static let unreadable: [(String, String)] = [
    ("shrink", "'shrink' is no schedule of the batch size; write fixed or \(usage)"),
    ("fixed:32", "nothing is expected where '32' stands; write fixed or \(usage)"),
    ("grow:30,60", "the factor of growth is missing; write \(usage)"),
    ("grow:30,60:0.5", "the factor of growth must be above 1, not 0.5; write \(usage)"),
    ("grow:30,60:5:0", "the largest batch size is no whole number of at least 1: '0'; write \(usage)"),
    ("grow:30,60:5:64:1", "nothing is expected where '1' stands; write \(usage)"),
    ("grow:30,30:5", "milestones must ascend, and 30 comes after 30; write \(usage)"),
    ("grow::5", "a milestone must be epochs or a share of training, as 5 or 5%, not ''; write \(usage)"),
  ]

  @Test(arguments: unreadable)
  func saysWhatItDoesNotUnderstand(_ text: String, _ message: String) {
    let error = #expect(throws: ScheduleError.self) { try BatchScheduleCodec.read(text) }
    #expect(error?.description == "cannot read '\(text)': \(message)")
  }

  @Test func aLimitBelowOneIsRefused() {
    let error = #expect(throws: ScheduleError.self) { try GrowingBatch(milestones: [.epochs(1)], factor: 2, limit: 0) }
    #expect(error?.description == "the largest batch size must be at least 1, not 0")
  }
}
