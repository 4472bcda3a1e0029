import BatchFoundation
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

@Suite struct LearningRateScheduleTests {
  private func position(_ examples: Int, of total: Int = 10_000, perEpoch: Int = 1000) -> TrainingPosition {
    TrainingPosition(examples: examples, examplesPerEpoch: perEpoch, totalExamples: total)
  }

  @Test func positionsAreInEpochsAndShares() {
    #expect(position(2500).epoch == 2.5)
    #expect(position(2500).share == 0.25)
    #expect(position(10_001).share == 1)
  }

  static let closedForms: [(String, Int, Double)] = [
    ("constant", 4321, 1.0), ("step:0.5:0.5", 499, 1), ("step:0.5:0.5", 500, 0.5), ("step:10%:0.5", 2999, 0.25),
    ("multi-step:50%,75%:0.1", 4999, 1), ("multi-step:50%,75%:0.1", 5000, 0.1), ("multi-step:1.5:0.1", 1500, 0.1),
    ("cosine:0.2", 2500, 0.882_842_712_474_619), ("polynomial:2:0.5", 7500, 0.531_25),
    ("exponential:0.25", 500, 0.5), ("one-cycle:2:1/8:0:linear", 1000, 0.5625), ("one-cycle:2:1/8:0:linear", 6000, 0.5),
    ("one-cycle:20%:0:0", 500, 0.146_446_609_406_726_24), ("warm-up:5%:1/32:constant", 250, 0.515_625),
    ("warm-up:2:1/8:step:1:0.5", 1500, 0.390_625), ("warm-up:2:1/8:step:1:0.5", 2000, 0.25),
    ("warm-up:0:1/8:constant", 0, 1),
  ]

  /// A cosine behind a warm-up counts from the start of training; what rises to the full rate is one-cycle.
  @Test func whatReachesTheFullRate() throws {
    func highest(_ text: String) throws -> Double {
      let schedule = try ScheduleCodec.read(text)
      return (0...10_000).map { schedule.factor(at: position($0)) }.max() ?? 0
    }
    #expect(try highest("warm-up:10%:1/32:constant") == 1)
    #expect(try (0.94..<0.98).contains(highest("warm-up:10%:1/32:cosine")))
    #expect(try highest("one-cycle:10%:1/32:0") == 1)
  }

  /// Within epochs, where PyTorch's schedulers say nothing.
  @Test(arguments: closedForms)
  func factorsAreTheClosedForms(_ text: String, _ examples: Int, _ expected: Double) throws {
    #expect(abs(try ScheduleCodec.read(text).factor(at: position(examples)) - expected) < 1e-14)
  }

  static let texts = [
    "constant", "step:3:0.1", "step:0.1:0.99", "multi-step:1,2.5,4:0.1", "multi-step:30%,70%:0.2", "cosine",
    "cosine:0.01", "polynomial:2", "polynomial:0.5:0.001", "exponential:0.95", "one-cycle", "one-cycle:1",
    "one-cycle:30%:0.1", "one-cycle:30%:1/8:0.001", "one-cycle:2.5:0.04:4e-06:linear", "warm-up:5%:1/32:cosine",
    "warm-up:1:1/8:multi-step:2,4:0.1", "warm-up:1:1/3:warm-up:2:0.5:constant",
  ]

  /// Each reads the text of the one behind it: of thousands the time would grow with the square.
  @Test func warmUpsInARowAreFew() throws {
    func text(_ count: Int) -> String { String(repeating: "warm-up:1:0.5:", count: count) + "cosine" }
    #expect("\(try ScheduleCodec.read(text(WarmUp.mostInARow)))" == text(WarmUp.mostInARow))
    let error = thrownError { () throws(ScheduleError) in try ScheduleCodec.read(text(100_000)) }
    #expect(error?.description.contains("100000 warm-ups stand in front of one another, and 16 are the most") == true)
    // Nor can one be made whose text would not be read.
    let most = try ScheduleCodec.read(text(WarmUp.mostInARow))
    #expect(throws: ScheduleError.self) { try WarmUp(over: .epochs(1), from: 0.5, then: most) }
  }

  /// Trainings with different batches, short last ones included, that pass the same example have the same rate there.
  @Test(arguments: texts)
  func aChangeOfBatchDoesNotChangeTheMeaning(_ text: String) throws {
    let schedule = try ScheduleCodec.read(text)
    let (perEpoch, epochs) = (1000, 5)
    var factors: [Int: Set<Double>] = [:]
    for batch in [1, 7, 32, 100, 512, 1000] {
      for epoch in 0..<epochs {
        for start in stride(from: 0, to: perEpoch, by: batch) {
          let here = position(epoch * perEpoch + start, of: epochs * perEpoch, perEpoch: perEpoch)
          factors[here.examples, default: []].insert(schedule.factor(at: here))
        }
      }
    }
    #expect(factors.count == epochs * perEpoch)
    #expect(factors.values.allSatisfy { $0.count == 1 })
    #expect(factors.values.allSatisfy { $0.allSatisfy { (0.0...1).contains($0) } })
  }

  /// The same share of training, and so the same rate, in a training of half the examples and in one of many more.
  @Test(arguments: ["cosine", "polynomial:2", "one-cycle", "warm-up:5%:1/32:cosine:0.1", "multi-step:30%,70%:0.2"])
  func sharesAreOfTheWholeTraining(_ text: String) throws {
    let schedule = try ScheduleCodec.read(text)
    for hundredth in 0...100 {
      let factors = [1, 3, 60].map {
        schedule.factor(at: position(hundredth * $0 * 100, of: $0 * 10_000, perEpoch: 10_000))
      }
      #expect(factors.allSatisfy { abs($0 - factors[0]) < 1e-15 })
    }
  }

  static let ends: [(Double, Int, Int)] = [
    (30.0, 60_000, 18_000), (7, 100, 7), (29, 1000, 290), (100.0 / 3, 1000, 333), (0.01, 10_000, 1),
  ]

  /// A third of the examples is no whole number, and a tenth no finite binary fraction: milestones stay in place.
  @Test(arguments: ends)
  func lengthsEndAtWholeExamples(_ percent: Double, _ total: Int, _ end: Int) {
    let length = TrainingLength.percent(percent)
    #expect(!length.isReached(at: position(end - 1, of: total)))
    #expect(length.isReached(at: position(end, of: total)))
  }

  @Test(arguments: texts)
  func theTextReadsBack(_ text: String) throws {
    let schedule = try Coded<ScheduleCodec>(text)
    #expect(schedule.description == text && schedule.wrappedValue.description == text)
    #expect(try Coded(schedule.description) == schedule)
    let json = try JSONEncoder().encode([schedule])
    #expect(String(decoding: json, as: UTF8.self).contains("\"\(text.replacing("/", with: "\\/"))\""))
    #expect(try JSONDecoder().decode([Coded<ScheduleCodec>].self, from: json) == [schedule])
  }

  /// Any number a user may compute survives, not only those that were typed.
  @Test(arguments: [1.0 / 3, 0.1 + 0.2, 1.0 / 49, 1e-7, 1.0 / 1024, 0.123_456_789_012_345_67])
  func numbersReadBackExactly(_ value: Double) throws {
    let schedule = try WarmUp(
      over: .percent(100 * value), from: value, then: StepDecay(every: .epochs(3), factor: value))
    let read = try ScheduleCodec.read(schedule.description)
    #expect(read.description == schedule.description)
    for examples in [0, 1, 100, 5000] {
      #expect(read.factor(at: position(examples)) == schedule.factor(at: position(examples)))
    }
  }

  @Test func textsThatMeanTheSameAreEqual() throws {
    #expect(try Coded<ScheduleCodec>("warm-up:5:0.125:cosine:0") == Coded("warm-up:5.0:1/8:cosine"))
    #expect(try ScheduleCodec.read("one-cycle:30%:0.04:4e-6:cosine").description == "one-cycle")
    #expect(try Set(["step:3:0.1", "step:3:1e-1", "step:3:0.2"].map { try Coded<ScheduleCodec>($0) }).count == 2)
  }

  static let unreadable: [(String, String)] = [
    (
      "cosin",
      "'cosin' is no schedule; write one of constant, step, multi-step, cosine, polynomial, exponential, one-cycle, "
        + "warm-up, as in cosine or step:30:0.1"
    ),
    (
      "",
      "'' is no schedule; write one of constant, step, multi-step, cosine, polynomial, exponential, one-cycle, "
        + "warm-up, as in cosine or step:30:0.1"
    ),
    ("constant:1", "nothing is expected where '1' stands; write constant"),
    ("step:30", "the factor is missing; write step:EPOCHS:FACTOR, as in step:30:0.1"),
    ("step:0.1:30", "the factor must be above 0 and at most 1, not 30; write step:EPOCHS:FACTOR, as in step:30:0.1"),
    ("step:0:0.1", "the length of a step must be above 0, not 0; write step:EPOCHS:FACTOR, as in step:30:0.1"),
    (
      "step:x:0.1",
      "the length of a step must be epochs or a share of training, as 5 or 5%, not 'x'; write step:EPOCHS:FACTOR, "
        + "as in step:30:0.1"
    ),
    (
      "multi-step:30,20:0.1",
      "milestones must ascend, and 20 comes after 30; write multi-step:EPOCHS,EPOCHS,...:FACTOR, as in "
        + "multi-step:30,60,80:0.1"
    ),
    (
      "multi-step:30,60%:0.1",
      "milestones must be all epochs or all shares, not 30 and 60%; write multi-step:EPOCHS,EPOCHS,...:FACTOR, as in "
        + "multi-step:30,60,80:0.1"
    ),
    ("cosine:x", "the end is no number: 'x'; write cosine or cosine:END, as in cosine:0.01"),
    ("cosine:inf", "the end is no number: 'inf'; write cosine or cosine:END, as in cosine:0.01"),
    ("cosine:1/0", "the end is no number: '1/0'; write cosine or cosine:END, as in cosine:0.01"),
    (
      "cosine:2",
      "the end must be from 0 to 1, as a share of the base rate, not 2; write cosine or cosine:END, as in cosine:0.01"
    ),
    (
      "polynomial:0",
      "the power must be a positive number, not 0; write polynomial:POWER or polynomial:POWER:END, as in polynomial:2"
    ),
    (
      "exponential:1.1",
      "the factor must be above 0 and at most 1, not 1.1; write exponential:FACTOR, the factor of an epoch, as in "
        + "exponential:0.95"
    ),
    (
      "one-cycle:30%:0.04:0:sine",
      "the shape must be cosine or linear, not 'sine'; write one-cycle, one-cycle:PEAK, one-cycle:PEAK:START, "
        + "one-cycle:PEAK:START:END or one-cycle:PEAK:START:END:SHAPE, as in one-cycle:30%:0.04:4e-06:linear"
    ),
    (
      "warm-up:5:1/8",
      "the schedule after the warm-up is missing; write warm-up:LENGTH:START:SCHEDULE, as in warm-up:5:1/8:cosine or "
        + "warm-up:5%:1/32:constant"
    ),
    (
      "warm-up:5:0:cosine",
      "the start of the warm-up must be above 0 and at most 1, not 0; write warm-up:LENGTH:START:SCHEDULE, as in "
        + "warm-up:5:1/8:cosine or warm-up:5%:1/32:constant"
    ),
  ]

  @Test(arguments: unreadable)
  func saysWhatItDoesNotUnderstand(_ text: String, _ message: String) {
    let error = #expect(throws: ScheduleError.self) { try ScheduleCodec.read(text) }
    #expect(error?.description == "cannot read '\(text)': \(message)")
  }

  /// The schedule behind a warm-up is named, not the whole.
  @Test func aWrongScheduleBehindAWarmUpIsNamed() {
    let error = #expect(throws: ScheduleError.self) { try ScheduleCodec.read("warm-up:5:1/8:cosine:x") }
    #expect(
      error
        == .unreadable(
          text: "cosine:x", reason: "the end is no number: 'x'", usage: "cosine or cosine:END, as in cosine:0.01"))
  }

  @Test func valuesRefuseSettingsThatMakeNoSense() {
    func message(_ make: () throws -> any LearningRateSchedule) -> String? {
      (#expect(throws: ScheduleError.self) { try make() })?.description
    }
    #expect(
      message { try StepDecay(every: .percent(101), factor: 0.1) }
        == "the length of a step must be at most 100%, not 101%")
    #expect(
      message { try StepDecay(every: .epochs(.nan), factor: 0.1) } == "the length of a step must be above 0, not nan")
    #expect(
      message { try MultiStepDecay(milestones: [], factor: 0.1) } == "there must be at least one milestone")
    #expect(message { try OneCycle(peak: .epochs(0)) } == "the peak must be above 0, not 0")
    #expect(
      message { try CosineDecay(end: .nan) } == "the end must be from 0 to 1, as a share of the base rate, not nan")
    #expect(
      message { try WarmUp(over: .epochs(-1), from: 0.5, then: ConstantSchedule()) }
        == "the length of the warm-up must be 0 or more, not -1")
  }

  static let lengths: [(String, TrainingLength)] = [
    ("5", TrainingLength.epochs(5)), ("0.5", .epochs(0.5)), ("5%", .percent(5)), ("0", .epochs(0)),
  ]

  @Test(arguments: lengths)
  func lengthsReadBack(_ text: String, _ length: TrainingLength) throws {
    #expect(try TrainingLength(text) == length)
    #expect(length.description == text)
    #expect(try JSONDecoder().decode([TrainingLength].self, from: JSONEncoder().encode([length])) == [length])
  }

  @Test(arguments: ["", "%", "x", "-1", "nan", "101%", "5 %"])
  func lengthsThatAreNoneAreRefused(_ text: String) {
    let error = #expect(throws: ScheduleError.self) { try TrainingLength(text) }
    #expect(error?.description.hasPrefix("cannot read '\(text)': ") == true)
    #expect(error?.description.hasSuffix("; write epochs, as in 5, or a share of training, as in 5%") == true)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([TrainingLength].self, from: Data("[\"\(text)\"]".utf8))
    }
  }
}
