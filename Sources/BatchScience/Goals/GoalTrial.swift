import BatchFoundation
import BatchTraining

/// One training run to a goal: a batch size, a learning rate, a seed, and when it is given up.
public struct GoalTrial: StudyTrial {
  /// What the run is made for.
  public enum Role: String, Sendable, Hashable, Codable {
    /// To see which learning rates train at all; so many updates and no goal.
    case range
    /// To find the best learning rate of its batch size.
    case search
    /// To see how the best one does with another seed.
    case `repeat`
  }

  /// What the run is made for.
  public var role: Role
  /// The number of examples an update averages.
  public var batchSize: Int
  /// The optimizer's learning rate.
  public var learningRate: Double
  /// The optimizer's momentum; nil for what the plan says.
  public var momentum: Double?
  /// The seed of initialisation and order.
  public var seed: UInt64
  /// What it is to reach; nil for a run that ends with its updates.
  public var goal: TrainingGoal?
  /// The number of updates after which it is given up.
  public var mostUpdates: Int
  /// What it must have reached on the way not to be given up before, ascending in updates.
  public var gates: [GoalGate]

  /// A run with all of its parts.
  public init(
    role: Role, batchSize: Int, learningRate: Double, momentum: Double? = nil, seed: UInt64, goal: TrainingGoal?,
    mostUpdates: Int, gates: [GoalGate] = []
  ) {
    self.role = role
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.momentum = momentum
    self.seed = seed
    self.goal = goal
    self.mostUpdates = mostUpdates
    self.gates = gates
  }

  public var description: String {
    let momentum = momentum.map { ", momentum \(SettingNumber.plain($0))" } ?? ""
    return "batch \(batchSize), rate \(SettingNumber.plain(learningRate))\(momentum), seed \(seed)"
  }

  /// `b32-lr0.05-s1`, with the role before it.
  public var key: String {
    "\(role.rawValue)-b\(batchSize)-lr\(learningRate)\(momentum.map { "-m\($0)" } ?? "")-s\(seed)"
  }
}

/// A number of its goal's measure that a run must have reached by some update not to be given up.
public struct GoalGate: Sendable, Hashable, Codable {
  /// The update.
  public var update: Int
  /// The loss, or the accuracy.
  public var value: Double

  /// A gate.
  public init(update: Int, value: Double) {
    self.update = update
    self.value = value
  }
}

extension GoalGate {
  /// The gates at which a run is given up that comes along a few times as slowly as another one did, whose updates take
  /// `scale` times as many here.
  ///
  /// After half of the other's updates it must be beyond where the other was after a twelfth of them: a run that is slow at
  /// first and gets there sooner in the end is never so slow.
  static func gates(
    behind records: [EvaluationRecord], steps: Double, measure: TrainingGoal.Measure, scale: Double = 1
  ) -> [GoalGate] {
    let update = (steps * 0.5 * scale).rounded(.up)
    let before = records.last { Double($0.update) <= steps / 12 }
    guard update >= 8, update < 1e15, let before, before.update > 0, let value = measure.number(before), !value.isNaN
    else { return [] }
    return [GoalGate(update: Int(update), value: value)]
  }
}

/// How a run to a goal ended.
public struct GoalOutcome: Sendable, Hashable, Codable {
  /// Why it ended.
  public enum End: String, Sendable, Hashable, Codable {
    /// The goal was met.
    case reached
    /// It had all of its updates.
    case outOfUpdates
    /// It was behind at one of its gates.
    case behind
    /// The loss ceased to be a number.
    case diverged
  }

  /// Why it ended.
  public var end: End
  /// The number of updates to the goal, between evaluations by interpolation; nil where it was not met.
  public var stepsToGoal: Double?
  /// The number of updates that were made.
  public var updates: Int
  /// The best number of the measure that was seen; nil where none was a number.
  public var best: Double?
  /// The number of trainable parameters.
  public var parameters: Int

  /// An outcome with all of its parts.
  public init(end: End, stepsToGoal: Double? = nil, updates: Int, best: Double?, parameters: Int) {
    self.end = end
    self.stepsToGoal = stepsToGoal
    self.updates = updates
    self.best = best
    self.parameters = parameters
  }
}
