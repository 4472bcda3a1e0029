import BatchData
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// What a folder holds, and that nothing is written beside something of another kind.
@Suite struct FolderContentTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.path }

  @Test(arguments: [
    ("run.json", FolderContent.run), ("study.json", .sweep), ("rules.json", .rules), ("profile.json", .profile),
    ("report.html", .nothing),
  ])
  func oneFileTellsTheKind(_ file: String, _ content: FolderContent) {
    #expect(FolderContent(of: "\(path)/missing") == .nothing && FolderContent(of: path) == .nothing)
    folder.write("{}", to: file)
    #expect(FolderContent(of: path) == content)
  }

  @Test func onlyTheSameKindFindsRoom() throws {
    for kind in FolderContent.allCases { try kind.requireRoom(in: path) }
    folder.write("{}", to: "study.json")
    try FolderContent.sweep.requireRoom(in: path)
    for kind in FolderContent.allCases where kind != .sweep {
      let error = #expect(throws: StudyError.otherKind(folder: path, holds: .sweep, asked: kind)) {
        try kind.requireRoom(in: path)
      }
      #expect(
        error?.description
          == "\(path) holds a sweep, beside which \(kind) cannot be kept; give it a folder of its own")
    }
  }

  /// A study with both files is one of rules, into which a sweep was once written.
  @Test func studiesOfRulesComeFirst() {
    for file in ["study.json", "rules.json"] { folder.write("{}", to: file) }
    #expect(FolderContent(of: path) == .rules)
  }

  @Test func aRunIsNotBegunBesideAStudy() throws {
    folder.write("{}", to: "rules.json")
    let splits = try DataSource.dots(examples: 100).load(seed: 1)
    let run = RunDescription(
      model: "mlp:6", splits: splits, loss: .softmaxCrossEntropy, data: "dots:examples=100", dataSeed: 1)
    for replaces in [false, true] {
      #expect(throws: StudyError.otherKind(folder: path, holds: .rules, asked: .run)) {
        try RunFolder(
          beginning: path, run: run, splits: splits, plan: TrainingPlan(batchSize: 8, epochs: 2, seed: 1),
          optimizer: .sgd(SGD(learningRate: 0.1)), arguments: [], keptCheckpoints: 2, replaces: replaces)
      }
    }
    #expect(folder.names() == ["rules.json"])
  }

  @Test func studiesAreNotBegunBesideSomethingElse() throws {
    folder.write("{}", to: "run.json")
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data)
    let model = try RulesFixture.model(data)
    #expect(throws: StudyError.otherKind(folder: path, holds: .run, asked: .rules)) {
      try RulesStudy(plan: plan, data: data, model: model, folder: path)
    }
    #expect(throws: StudyError.otherKind(folder: path, holds: .run, asked: .sweep)) {
      try SweepStudy(plan: plan.common, data: data, model: model, folder: path)
    }
    #expect(folder.names() == ["run.json"])
  }
}
