import BatchAlgebra
import BatchTestSupport
import Foundation
import Testing

@testable import BatchTraining

@Suite struct ObservationScheduleTests {
  /// Shows a quantity the updates that it asks for, and gives their numbers.
  private func run<Quantity: StepQuantity>(
    _ quantity: inout Quantity, from first: Int = 0, updates: Int
  ) throws -> [Int] {
    let network = try Network<Float>(
      Sequential(inputShape: [1], layers: [Dense(1)]), seed: 1, context: .test(Float.self, threads: 1))
    let optimizer = try SGD(learningRate: 0.1)
    var seen: [Int] = []
    for update in first + 1...updates {
      let position = TrainingPosition(examples: 64 * (update - 1), examplesPerEpoch: 640, totalExamples: 2560)
      guard quantity.needs(at: position, update: update) != nil else { continue }
      seen.append(update)
      quantity.observe(
        StepResult<Float>(
          loss: LossResult(total: 64, correct: nil, examples: 64), update: update, position: position,
          learningRate: 0.1, gradient: nil, exampleNorms: nil, layerMoments: nil,
          microBatches: UnsafeBufferPointer(start: nil, count: 0), innerProducts: nil, elementSquares: nil,
          optimizer: optimizer, state: [], initialParameters: nil, network: network))
    }
    return seen
  }

  /// The updates of a training of 4 epochs of 640 examples in batches of 64 that a schedule chooses.
  private func observed(_ text: String, updates: Int = 40) throws -> [Int] {
    var quantity = Scheduled(Counter(), on: try ObservationSchedule(text))
    return try run(&quantity, updates: updates)
  }

  @Test(arguments: [
    ("every:1", Array(1...40)), ("every:10", [1, 10, 20, 30, 40]), ("every:10:3", [1, 2, 3, 10, 11, 12, 20, 21, 22]),
    ("epochs", [1, 11, 21, 31]), ("epochs:2", [1, 2, 11, 12, 21, 22, 31, 32]), ("shares:4", [1, 11, 21, 31]),
    ("shares:3", [1, 15, 28]), ("log:1", [1, 2, 4, 8, 16, 32]), ("log:2", [1, 2, 3, 4, 6, 8, 12, 16, 23, 32]),
  ])
  func choosesUpdates(_ text: String, _ expected: [Int]) throws {
    #expect(try observed(text).prefix(expected.count) == expected[...])
  }

  /// `log:K` chooses K updates in each doubling, once there are as many.
  @Test(arguments: [3, 8, 10]) func aDoublingHasAsManyAsItsNumber(_ count: Int) throws {
    let updates = try observed("log:\(count)", updates: 1024)
    for first in [64, 128, 256, 512] { #expect(updates.count { first..<2 * first ~= $0 } == count) }
  }

  @Test(arguments: ["every:10", "every:1", "every:100:16", "log:8", "log:8:2", "epochs", "epochs:16", "shares:20"])
  func theTextReadsBack(_ text: String) throws {
    let schedule = try ObservationSchedule(text)
    #expect(schedule.description == text)
    #expect(try JSONDecoder().decode([ObservationSchedule].self, from: JSONEncoder().encode([schedule])) == [schedule])
    #expect(try ObservationSchedule("every:1:1") == .everyUpdate)
  }

  @Test(arguments: [
    ("often", "'often' is no schedule of observations"), ("every", "the distance in updates is missing"),
    ("every:0", "the distance in updates is no whole number of at least 1: '0'"),
    ("epochs:16:2", "nothing is expected where '2' stands"), ("", "'' is no schedule of observations"),
    ("log:x", "the number in a doubling is no whole number of at least 1: 'x'"),
  ])
  func saysWhatItDoesNotUnderstand(_ text: String, _ reason: String) {
    let error = #expect(throws: ScheduleError.self) { try ObservationSchedule(text) }
    #expect(
      error?.description
        == "cannot read '\(text)': \(reason); write every:10, log:8, epochs or shares:20, with the number of updates in a "
        + "row behind it where it is not 1")
  }

  @Test func refusesNumbersBelowOne() {
    #expect(throws: ScheduleError.self) { try ObservationSchedule(.updates(0)) }
    #expect(throws: ScheduleError.self) { try ObservationSchedule(.epochs, inARow: 0) }
  }

  /// Cut anywhere and resumed from its state, a schedule chooses what it would have chosen.
  @Test(arguments: ["every:7:3", "log:2", "epochs:2", "shares:3"]) func goesOnFromItsState(_ text: String) throws {
    let schedule = try ObservationSchedule(text)
    let whole = try observed(text)
    for cut in 1..<40 {
      var before = Scheduled(Counter(), on: schedule)
      var after = Scheduled(Counter(), on: schedule)
      let first = try run(&before, updates: cut)
      after.state = before.state
      #expect(first + (try run(&after, from: cut, updates: 40)) == whole)
    }
  }

  /// A quantity that compares two updates sees the next one as well.
  @Test func whatSpansUpdatesSeesTheNext() throws {
    var quantity = Scheduled(Pair(), on: try ObservationSchedule("every:10"))
    #expect(try run(&quantity, updates: 40) == [1, 2, 10, 11, 20, 21, 30, 31, 40])
  }

  @Test func asksForWhatItsQuantityAsksFor() throws {
    let quantity = Scheduled(Counter(), on: try ObservationSchedule("every:10"))
    let position = TrainingPosition(examples: 0, examplesPerEpoch: 640, totalExamples: 2560)
    #expect(quantity.needs == .exampleNorms && quantity.needs(at: position, update: 1) == .exampleNorms)
  }
}

private struct Counter: StepQuantity {
  var needs: StepNeeds { .exampleNorms }
  mutating func observe<S: Scalar>(_ result: StepResult<S>) {}
}

private struct Pair: SpanningQuantity {
  var needs: StepNeeds { [] }
  var awaitsNext = false
  mutating func observe<S: Scalar>(_ result: StepResult<S>) { awaitsNext.toggle() }
}
