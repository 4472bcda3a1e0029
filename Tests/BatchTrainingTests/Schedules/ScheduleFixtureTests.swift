import BatchTestSupport
import Testing

@Suite struct ScheduleFixtureTests {
  /// The rate at the start of each epoch, whatever the number of examples in one.
  @Test(arguments: ScheduleReference.names, [1, 977, 55_000])
  func isPyTorchsAtWholeEpochs(_ name: String, _ examplesPerEpoch: Int) throws {
    let reference = try Fixture.load("schedule_\(name)", as: ScheduleReference.self)
    #expect(try reference.difference(examplesPerEpoch: examplesPerEpoch) < ScheduleReference.tolerance)
  }
}
