import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// Goals, and the course of a run to one.
@Suite struct TrainingGoalTests {
  @Test(arguments: [
    ("accuracy:95%", TrainingGoal.Measure.accuracy, 0.95), ("accuracy:0.5", .accuracy, 0.5),
    ("training-loss:0.15", .trainingLoss, 0.15), ("validation-loss:1e-3", .validationLoss, 1e-3),
  ])
  func textsAreRead(_ text: String, _ measure: TrainingGoal.Measure, _ value: Double) throws {
    let goal = try TrainingGoal(text)
    #expect(goal.measure == measure && goal.value == value)
    #expect(try TrainingGoal(goal.description) == goal)
  }

  @Test(arguments: [
    "", "accuracy", "accuracy:", "accuracy:101%", "accuracy:0", "accuracy:nan", "training-loss:-1", "training-loss:inf",
    "training-loss:5%", "loss:0.1", "accuracy:0.9:1",
  ])
  func othersAreRefused(_ text: String) { #expect(throws: GoalError.self) { try TrainingGoal(text) } }

  @Test(arguments: ["60s", "10epochs", "1000000examples", "1.5epochs", "accuracy:0.95"])
  func targetsAreRead(_ text: String) throws {
    #expect(try RecommendationTarget(RecommendationTarget(text).description) == RecommendationTarget(text))
  }

  @Test(arguments: ["", "60", "s", "-1s", "0epochs", "infs", "10 epochs", "1e99examples"])
  func otherBudgetsAreRefused(_ text: String) { #expect(throws: GoalError.self) { try RecommendationTarget(text) } }

  static func record(_ update: Int, _ loss: Double, accuracy: Double? = nil) -> EvaluationRecord {
    EvaluationRecord(
      update: update, epoch: Double(update) / 100, examples: update * 8, seconds: 0, batchLoss: nil, trainingLoss: loss,
      trainingAccuracy: nil, validationLoss: loss, validationAccuracy: accuracy, distance: 0, gradientNorm: nil)
  }

  private func trial(_ goal: String?, mostUpdates: Int = 100_000, gates: [GoalGate] = []) throws -> GoalTrial {
    GoalTrial(
      role: .search, batchSize: 8, learningRate: 0.1, seed: 1, goal: try goal.map { try TrainingGoal($0) },
      mostUpdates: mostUpdates, gates: gates)
  }

  /// Follows a course through a known curve; the updates at which it was evaluated.
  private func follow(_ course: inout GoalCourse, _ loss: (Int) -> Double) -> [Int] {
    var evaluated: [Int] = []
    for update in 0... {
      if course.isDue(update) {
        evaluated.append(update)
        course.take(Self.record(update, loss(update)))
      }
      if course.end != nil { break }
    }
    return evaluated
  }

  /// A loss of t^(−1/2) meets 0.1·k at known updates.
  @Test(arguments: [0.9, 0.3, 0.1, 0.03, 0.01])
  func theCrossingIsKnownToThreePercent(_ goal: Double) throws {
    var course = GoalCourse(try trial("training-loss:\(goal)"), measure: .trainingLoss)
    let evaluated = follow(&course) { 1.5 / Double($0 + 1).squareRoot() }
    let truth = 2.25 / (goal * goal) - 1
    #expect(course.end == .reached)
    let steps = try #require(course.stepsToGoal)
    #expect(abs(steps - truth) < max(0.5, 0.03 * truth))
    // Few evaluations all the same.
    #expect(evaluated.count < 60)
  }

  @Test func aRunWithoutANumberGoesOnAndEndsWithItsUpdates() throws {
    var course = GoalCourse(try trial("training-loss:0.1", mostUpdates: 50), measure: .trainingLoss)
    let evaluated = follow(&course) { $0 == 0 ? 1 : .nan }
    #expect(course.end == .outOfUpdates && course.stepsToGoal == nil && course.best == 1)
    #expect(evaluated.last == 50)
  }

  @Test func aRunThatIsBehindAtAGateIsGivenUp() throws {
    let gates = [GoalGate(update: 40, value: 0.7), GoalGate(update: 80, value: 0.3)]
    var behind = GoalCourse(try trial("training-loss:0.1", gates: gates), measure: .trainingLoss)
    #expect(follow(&behind) { 1 - 0.008 * Double($0) }.last == 80 && behind.end == .behind)
    var ahead = GoalCourse(try trial("training-loss:0.1", gates: gates), measure: .trainingLoss)
    #expect(follow(&ahead) { max(0.05, 1 - 0.02 * Double($0)) }.last != nil && ahead.end == .reached)
  }

  @Test func gatesAreFarBehindTheOtherRun() {
    let records = (0...1000).map { Self.record($0, 1 / Double($0 + 1)) }
    let gates = GoalGate.gates(behind: records, steps: 800, measure: .trainingLoss, scale: 2)
    #expect(gates == [GoalGate(update: 800, value: 1.0 / 67)])
    #expect(GoalGate.gates(behind: records, steps: 8, measure: .trainingLoss).isEmpty)
  }

  @Test func aGoalThatIsMetAtTheStartIsReachedWithTheFirstUpdate() throws {
    var course = GoalCourse(try trial("training-loss:2"), measure: .trainingLoss)
    #expect(follow(&course) { $0 == 0 ? 1 : 0.9 } == [0, 1])
    #expect(course.end == .reached && course.stepsToGoal == 1)
  }
}
