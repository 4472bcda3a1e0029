import BatchTraining
import Testing

@Suite struct ScheduleFixtureTests {
  struct TorchSchedule: Decodable {
    var schedule: String
    var epochs: Int
    var factors: [Double]
  }

  /// The rate at the start of each epoch, whatever the number of examples in one.
  @Test(
    arguments: [
      "step", "multi_step", "cosine", "cosine_end", "polynomial", "exponential", "one_cycle", "one_cycle_linear",
      "warm_up", "warm_up_share", "warm_up_cosine", "warm_up_step",
    ], [1, 977, 55_000])
  func isPyTorchsAtWholeEpochs(_ name: String, _ examplesPerEpoch: Int) throws {
    let torch = try Fixture.load("schedule_\(name)", as: TorchSchedule.self)
    let schedule = try ScheduleText(torch.schedule)
    #expect(torch.factors.count == torch.epochs + 1)
    for (epoch, expected) in torch.factors.enumerated() {
      let position = TrainingPosition(
        examples: epoch * examplesPerEpoch, examplesPerEpoch: examplesPerEpoch,
        totalExamples: torch.epochs * examplesPerEpoch)
      // Most of PyTorch's schedulers multiply the rate of the step before, so that rounding adds up.
      #expect(abs(schedule.factor(at: position) - expected) < 1e-13, "epoch \(epoch)")
    }
  }
}
