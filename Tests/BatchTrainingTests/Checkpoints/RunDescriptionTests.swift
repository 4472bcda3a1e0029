import BatchData
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

/// What a checkpoint tells of data and model.
@Suite struct RunDescriptionTests {
  private let folder = TemporaryFolder()

  private func description() throws -> RunDescription {
    RunDescription(
      model: "mlp:9:tanh", splits: try TinyRun.data.get(), loss: .softmaxCrossEntropy, data: "dots:examples=300",
      validation: 45, dataSeed: 5)
  }

  @Test func goesThroughJSONAndCheckpointsUnchanged() throws {
    let description = try description()
    #expect(description.inputShape == [2] && description.outputs == 2 && description.classNames?.count == 2)
    #expect(try JSONDecoder().decode(RunDescription.self, from: JSONEncoder().encode(description)) == description)
    let trainer = try TinyRun.plain().trainer(Float.self)
    let path = "\(folder.path)/c.safetensors"
    try trainer.save(to: path, metadata: description.metadata)
    #expect(try Checkpoint(path: path).run() == description)
    try trainer.save(to: path)
    #expect(try Checkpoint(path: path).run() == nil)
    var table = description
    (table.label, table.dataDirectory, table.validation) = ("a \"label\"", "/data/\u{e9}", nil)
    try trainer.save(to: path, metadata: table.metadata)
    #expect(try Checkpoint(path: path).run() == table)
  }

  @Test func aDescriptionThatIsNoneIsRefused() throws {
    let trainer = try TinyRun.plain().trainer(Float.self)
    let path = "\(folder.path)/c.safetensors"
    for text in ["", "{}", #"{"model": 3}"#] {
      try trainer.save(to: path, metadata: [RunDescription.metadataKey: text])
      let checkpoint = try Checkpoint(path: path)
      let error = thrownError { () throws(CheckpointError) in try checkpoint.run() }
      guard case .foreign(path, _)? = error else {
        Issue.record("'\(text)' is \(String(describing: error))")
        continue
      }
    }
  }

  /// The parts are cut as they were, so that a checkpoint is evaluated on what it has not seen.
  @Test func loadsTheSamePartsAgain() throws {
    var description = try description()
    let splits = try TinyRun.data.get()
    #expect(try description.load() == splits)
    description.dataSeed = 6
    #expect(try description.load() != splits)
  }
}
