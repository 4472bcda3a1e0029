/// Time to the goal where a step takes α + βB seconds and the goal S_min(1 + φ/B) updates: in closed form.
///
/// S_min(1 + φ/B)(α + βB) = S_min(α + βφ + αφ/B + βB) is least at B* = √((α/β)·φ), the geometric mean of the machine's
/// half-throughput batch α/β and the task's critical batch φ, where it is S_min(√α + √(βφ))². A ``BatchDecision`` needs
/// none of this, for it knows measured times and an uncertain curve; this is what it must agree with.
public struct LinearTimeToGoal: Sendable, Hashable {
  /// The seconds α that a step takes whatever its batch.
  public var secondsPerStep: Double
  /// The seconds β that each example adds.
  public var secondsPerExample: Double
  /// The updates S_min that ever larger batches approach.
  public var minimumSteps: Double
  /// The critical batch φ, in examples.
  public var criticalBatch: Double

  /// A machine and a task.
  public init(secondsPerStep: Double, secondsPerExample: Double, minimumSteps: Double, criticalBatch: Double) {
    self.secondsPerStep = secondsPerStep
    self.secondsPerExample = secondsPerExample
    self.minimumSteps = minimumSteps
    self.criticalBatch = criticalBatch
  }

  /// The batch B* = √((α/β)·φ) of the least time.
  public var bestBatch: Double { (secondsPerStep / secondsPerExample * criticalBatch).squareRoot() }

  /// The seconds to the goal at a batch.
  public func seconds(at batch: Double) -> Double {
    minimumSteps * (1 + criticalBatch / batch) * (secondsPerStep + secondsPerExample * batch)
  }

  /// The time at r·B* over the least, less 1: (2 + r + 1/r)/4 − 1 at worst, which it is where α = βφ.
  public static func worstRegret(atMultiple ratio: Double) -> Double { (2 + ratio + 1 / ratio) / 4 - 1 }
}
