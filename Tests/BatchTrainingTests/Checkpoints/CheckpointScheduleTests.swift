import Testing

@testable import BatchTraining

/// When a run is saved on the way.
@Suite struct CheckpointScheduleTests {
  /// The updates after which a run of ten updates an epoch, each of six seconds, is saved.
  private func updates(_ schedule: CheckpointSchedule, epochs: Int = 4) -> [Int] {
    var schedule = schedule
    var progress = TrainingProgress()
    return (1...10 * epochs).filter { update in
      (progress.epoch, progress.place) = (update / 10, update % 10)
      return schedule.isDue(progress, seconds: 6 * Double(update))
    }
  }

  @Test func byEpochs() {
    #expect(updates(CheckpointSchedule(epochs: 1, minutes: nil)) == [10, 20, 30, 40])
    #expect(updates(CheckpointSchedule(epochs: 3, minutes: nil), epochs: 7) == [30, 60])
    #expect(updates(CheckpointSchedule(epochs: nil, minutes: nil)) == [])
  }

  @Test func byMinutesOfTheClock() {
    #expect(updates(CheckpointSchedule(epochs: nil, minutes: 1.5)) == [15, 30])
    #expect(updates(CheckpointSchedule(epochs: nil, minutes: 10)) == [])
  }

  /// What was saved for one reason need not be again for the other.
  @Test func byBoth() {
    #expect(updates(CheckpointSchedule(epochs: 2, minutes: 0.7)) == [7, 14, 20, 27, 34, 40])
    #expect(CheckpointSchedule() == CheckpointSchedule(epochs: 1, minutes: 10))
  }
}
