import BatchData
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// What a folder holds, and that nothing is written beside something of another kind.
@Suite struct FolderContentTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.path }

  private static let sweep = #"{"format": 3, "kind": "sweep"}"#

  @Test(arguments: [
    ("run.json", "{}", FolderContent.run), ("study.json", sweep, .study(title: "a sweep")),
    ("study.json", #"{"format": 3, "kind": "rules"}"#, .study(title: "a study of rules")),
    ("study.json", #"{"kind": "moons"}"#, .study(title: "a study of the kind 'moons'")),
    ("study.json", "{", .study(title: nil)), ("profile.json", "{}", .profile), ("report.html", "{}", .nothing),
  ])
  func oneFileTellsTheKind(_ file: String, _ text: String, _ content: FolderContent) {
    #expect(FolderContent(of: "\(path)/missing") == .nothing && FolderContent(of: path) == .nothing)
    folder.write(text, to: file)
    #expect(FolderContent(of: path) == content)
  }

  @Test func onlyTheSameKindFindsRoom() throws {
    let kinds: [FolderContent] = [.study(title: "a sweep"), .study(title: "a study of rules"), .run, .profile]
    for kind in kinds { try kind.requireRoom(in: path) }
    folder.write(Self.sweep, to: "study.json")
    try kinds[0].requireRoom(in: path)
    for kind in kinds.dropFirst() {
      let error = #expect(throws: StudyError.otherKind(folder: path, holds: kinds[0], asked: kind)) {
        try kind.requireRoom(in: path)
      }
      #expect(
        error?.description
          == "\(path) holds a sweep, beside which \(kind) cannot be kept; give it a folder of its own")
    }
  }

  /// A folder with both files is one of an older version's studies of rules, into which a sweep was once written.
  @Test func studiesOfOlderVersionsComeFirst() {
    for file in ["study.json", "rules.json"] { folder.write("{}", to: file) }
    #expect(FolderContent(of: path) == .oldStudy(path: "\(path)/rules.json"))
  }

  @Test func aRunIsNotBegunBesideAStudy() throws {
    folder.write(Self.sweep, to: "study.json")
    let splits = try DataSource.dots(examples: 100).load(seed: 1)
    let run = RunDescription(
      model: "mlp:6", splits: splits, loss: .softmaxCrossEntropy, data: "dots:examples=100", dataSeed: 1)
    for replaces in [false, true] {
      #expect(throws: StudyError.otherKind(folder: path, holds: .study(title: "a sweep"), asked: .run)) {
        try RunFolder(
          beginning: path, run: run, splits: splits, plan: TrainingPlan(batchSize: 8, epochs: 2, seed: 1),
          optimizer: OptimizerSettings(SGD(learningRate: 0.1)), arguments: [], keptCheckpoints: 2, replaces: replaces)
      }
    }
    #expect(folder.names() == ["study.json"])
  }

  @Test func studiesAreNotBegunBesideSomethingElse() throws {
    folder.write("{}", to: "run.json")
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data)
    let rules = try RulesFixture.measurement(plan, data)
    #expect(throws: StudyError.otherKind(folder: path, holds: .run, asked: .study(title: "a study of rules"))) {
      try Study(rules, folder: path, context: .oneThread)
    }
    let sweep = TrainingMeasurement(plan: plan.common, data: data, model: try RulesFixture.model(data))
    #expect(throws: StudyError.otherKind(folder: path, holds: .run, asked: .study(title: "a sweep"))) {
      try Study(sweep, folder: path, context: .oneThread)
    }
    #expect(folder.names() == ["run.json"])
  }
}
