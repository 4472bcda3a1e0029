/// When a run is saved on the way: after so many epochs, so many minutes, or both; the end of a run is always saved.
///
/// Epochs are counted from the start of training: a run that is resumed is saved where it would have been without a stop.
public struct CheckpointSchedule: Sendable, Hashable, Codable {
  /// The distance in epochs; nil for none by epochs.
  public var epochs: Int?
  /// The distance in minutes of the clock on the wall; nil for none by time.
  public var minutes: Double?

  private var lastSeconds = 0.0

  /// A schedule: after every epoch, and at least every ten minutes, unless told otherwise.
  public init(epochs: Int? = 1, minutes: Double? = 10) {
    precondition(
      epochs ?? 1 >= 1 && minutes ?? 1 > 0, "checkpoints every \(epochs ?? 1) epochs, \(minutes ?? 1) minutes")
    self.epochs = epochs
    self.minutes = minutes
  }

  /// Whether a run is to be saved after an update, `seconds` after it was begun or resumed; a yes counts as done.
  public mutating func isDue(_ progress: TrainingProgress, seconds: Double) -> Bool {
    let byEpochs = epochs.map { progress.place == 0 && progress.epoch % $0 == 0 } ?? false
    let byMinutes = minutes.map { seconds >= lastSeconds + 60 * $0 } ?? false
    guard byEpochs || byMinutes else { return false }
    lastSeconds = seconds
    return true
  }
}
