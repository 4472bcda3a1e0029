import Testing

@testable import BatchTraining

/// When a run is saved on the way.
@Suite struct CheckpointScheduleTests {
  /// The updates after which a run of ten updates an epoch, each of six seconds, is saved; `start` is the one after
  /// which it goes on.
  private func updates(_ schedule: CheckpointSchedule, epochs: Int = 4, after start: Int = 0) -> [Int] {
    var schedule = schedule
    var progress = TrainingProgress()
    return (start + 1...10 * epochs).filter { update in
      (progress.epoch, progress.place) = (update / 10, update % 10)
      return schedule.isDue(progress, seconds: 6 * Double(update - start))
    }
  }

  @Test func byEpochs() {
    #expect(updates(CheckpointSchedule(epochs: 1, minutes: nil)) == [10, 20, 30, 40])
    #expect(updates(CheckpointSchedule(epochs: 3, minutes: nil), epochs: 7) == [30, 60])
    #expect(updates(CheckpointSchedule(epochs: nil, minutes: nil)) == [])
  }

  /// Wherever a run was stopped, it is saved at the same epochs.
  @Test(arguments: [0, 29, 30, 31, 70, 75]) func byEpochsAfterAStop(_ start: Int) {
    let expected = [30, 60, 90, 120].filter { $0 > start }
    #expect(updates(CheckpointSchedule(epochs: 3, minutes: nil), epochs: 12, after: start) == expected)
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
