import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

@Suite struct TensorBoardTests {
  private struct Events: Decodable {
    struct Event: Decodable {
      var step: Int
      var time: Double
      var values: [Scalar]
    }
    struct Scalar: Decodable {
      var tag: String
      var value: Double

      init(from decoder: any Decoder) throws {
        var pair = try decoder.unkeyedContainer()
        tag = try pair.decode(String.self)
        value = try pair.decode(Double.self)
      }
    }
    var scalars: [Event]
    var file: String
  }

  private func records(in folder: TemporaryFolder) throws -> [[UInt8]] {
    let names = folder.names()
    try #require(names.count == 1)
    return try #require(FileFormats.tfRecords(folder.read(names[0]) ?? []))
  }

  /// What TensorBoard's own writer makes of the same numbers, record by record.
  @Test func writesWhatTensorBoardWrites() throws {
    let stored = try Fixture.load("exchange_events", as: Events.self)
    let folder = TemporaryFolder()
    let writer = try TensorBoardWriter(folder: folder.path)
    for event in stored.scalars {
      try writer.write(event.values.map { ($0.tag, $0.value) }, step: event.step, wallTime: event.time)
    }
    let expected = try #require(FileFormats.tfRecords(FileFormats.bytes(hexadecimal: stored.file)))
    let found = try records(in: folder)
    #expect(found.dropFirst() == expected.dropFirst())

    // The first record differs in its time alone.
    let (version, expectedVersion) = (try ProtobufFields(found[0]), try ProtobufFields(expected[0]))
    #expect(version.numbers == expectedVersion.numbers)
    #expect(version[3] == expectedVersion[3])
    #expect(abs(version.doubles(1)[0] - Double(time(nil))) < 60)
  }

  @Test func namesItsFileAsTensorBoardLooksForIt() throws {
    let folder = TemporaryFolder()
    let before = time(nil)
    let first = try TensorBoardWriter(folder: "\(folder.path)/run/of today")
    let second = try TensorBoardWriter(folder: "\(folder.path)/run/of today")
    let names = folder.names(in: "run/of today")
    #expect(names.count == 2)
    for (writer, path) in zip([first, second], [first.path, second.path]) {
      #expect(writer.path == path)
      let name = try #require(path.split(separator: "/").last.map(String.init))
      #expect(names.contains(name))
      #expect(name.hasPrefix("events.out.tfevents."))
      let seconds = name.split(separator: ".")[3]
      #expect(seconds.count == 10)
      #expect(try (before...time(nil)).contains(#require(Int(seconds))))
    }
  }

  @Test func writesWhatARunFinds() throws {
    let folder = TemporaryFolder()
    let writer = try TensorBoardWriter(folder: folder.path)
    let trainer = try Trainer<Float>(
      model: Sequential(inputShape: [2]) { Dense(2) },
      data: DataSource.dots(examples: 100).load(validation: 20, seed: 1),
      loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1),
      plan: TrainingPlan(batchSize: 60, epochs: 2, seed: 1), team: ThreadTeam(threads: 1), context: .test(Float.self))
    let observer = TrainingObserver(onEvaluation: writer.write)
    var evaluations: [EvaluationRecord] = []
    _ = try trainer.run(
      TrainingObserver(onEvaluation: { record in
        evaluations.append(record)
        try observer.onEvaluation(record)
      }))

    let events = try records(in: folder).dropFirst().map { try ProtobufFields($0) }
    #expect(events.map { $0.integers(2).first ?? 0 } == evaluations.map(\.update))
    for (event, record) in zip(events, evaluations) {
      let values = try event.messages(5)[0].messages(1)
      let numbers = Dictionary(uniqueKeysWithValues: values.map { ($0.strings(1)[0], $0.floats(2)[0]) })
      let expected: [(String, Double?)] = [
        ("loss/batch", record.batchLoss), ("loss/training", record.trainingLoss),
        ("loss/validation", record.validationLoss), ("accuracy/training", record.trainingAccuracy),
        ("accuracy/validation", record.validationAccuracy), ("parameters/distance", record.distance),
        ("parameters/gradient norm", record.gradientNorm), ("progress/epoch", record.epoch),
        ("progress/batch size", record.batchSize.map { Double($0) }), ("progress/learning rate", record.learningRate),
        ("progress/examples", Double(record.examples)), ("progress/seconds", record.seconds),
      ]
      for (tag, value) in expected { #expect(numbers[tag] == value.map { Float($0) }, "\(tag)") }
      #expect(numbers.count == expected.count { $0.1 != nil })
    }
  }

  /// `session_log{status: START}` makes TensorBoard forget what older files hold from the event's step on.
  @Test func aRunThatGoesOnSaysFromWhere() throws {
    let folder = TemporaryFolder()
    let writer = try TensorBoardWriter(folder: folder.path, resumingAfter: 12)
    try writer.write(0.5, tag: "loss", step: 13)
    let events = try records(in: folder).map { try ProtobufFields($0) }
    #expect(events.map(\.numbers) == [[1, 3], [1, 2, 7], [1, 2, 5]])
    #expect(events[1].integers(2) == [13] && abs(events[1].doubles(1)[0] - Double(time(nil))) < 60)
    let log = try #require(try events[1].messages(7).first)
    #expect(log.numbers == [1] && log.integers(1) == [1])
  }

  @Test func showsALossThatIsNoNumber() throws {
    let folder = TemporaryFolder()
    try TensorBoardWriter(folder: folder.path).write(.nan, tag: "loss", step: 1)
    let value = try ProtobufFields(records(in: folder)[1]).messages(5)[0].messages(1)[0].floats(2)[0]
    #expect(value.isNaN)
  }

  @Test func saysWhyItCannotWrite() {
    let folder = TemporaryFolder()
    let file = folder.write("", to: "file")
    #expect(
      thrownError { () throws(FileError) in _ = try TensorBoardWriter(folder: "\(file)/run") }?.description
        == "cannot make the folder \(file)/run: Not a directory")
  }
}
