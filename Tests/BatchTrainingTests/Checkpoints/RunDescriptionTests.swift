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
      #expect(error?.description.ranges(of: path).count == 1)
    }
  }

  /// Numbers that would stop the program when features are standardised.
  @Test func aDescriptionThatDoesNotFitTheLayersIsRefused() throws {
    let trainer = try TinyRun.plain().trainer(Float.self)
    let path = "\(folder.path)/c.safetensors"
    let text = try #require(try description().metadata[RunDescription.metadataKey])
    func reason(_ old: String, _ new: String) throws -> String? {
      #expect(text.contains(old))
      let changed = text.replacing(old, with: new)
      try trainer.save(to: path, metadata: [RunDescription.metadataKey: changed])
      let checkpoint = try Checkpoint(path: path)
      return thrownError { () throws(CheckpointError) in try checkpoint.run() }?.description
    }
    let none = #""standardisation":{"divisors":[],"means":[],"mode":"none"}"#
    let wide = none.replacing("[]", with: "[1,1,1]").replacing("none", with: "perFeature")
    #expect(try reason(none, none.replacing("none", with: "global"))?.contains("do not go with global") == true)
    #expect(try reason(none, wide)?.contains("its examples are not of the shape [2] that its layers take") == true)
    for shape in ["[3]", "[]", "[-2]", "[9223372036854775807,4]"] {
      #expect(
        try reason(#""inputShape":[2]"#, #""inputShape":\#(shape)"#)?.contains("are not of the shape [2]") == true)
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
