import Batchwise
import Foundation

// Asks which batch size a network should be trained with on this machine, what that costs, and how sure it is. The
// answer depends on the machine; what is checked holds for every answer.
@main
struct Recommend {
  static func main() throws {
    try BLASLibrary.prepare()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("recommend-\(getpid())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }

    // Steps are timed, and a pilot is trained until it has 49 of 50 points of the spirals right. What its gradients say
    // is all the evidence that an effort of seconds has; with .minutes other batch sizes are trained with, too.
    let source = DataSource.spirals(examples: 6_000)
    let data = try source.load(seed: 1)
    let model = try ModelText("mlp:64,64")
    let plan = RecommendPlan(
      data: source.description, splits: data, model: model.description, loss: .softmaxCrossEntropy,
      optimizer: try SGD(learningRate: 0.1, momentum: 0.9), target: .goal(try TrainingGoal(.accuracy, 0.98)),
      effort: .seconds)
    let recommender = Recommender(plan, data: data, model: model.model(for: data.train))
    let context = ComputeContext(for: Float.self, threads: ThreadTeam.availableProcessors)
    let answer = try recommender.recommend(
      in: folder, context: context, StudyObserver(onFinish: { print("\($0): \(RecommendReport.sentence($1))") }))

    // The sentences of the report, and the same as values. "Not enough evidence" is an answer as well: then there is no
    // batch, but a reason.
    for sentence in try RecommendReport(StudyResults(folder: folder)).findings { print(sentence) }
    switch answer.verdict {
    case .answer:
      guard let batch = answer.updateBatch, let rate = answer.learningRate, let seconds = answer.seconds,
        let range = answer.within10Percent
      else { preconditionFailure("an answer without a batch") }
      print("\(batch) examples an update at a rate of \(rate); \(range.low) to \(range.high) are about as good")
      precondition(plan.common.batchSizes.contains(batch), "the batch is none of the candidates")
      precondition(range.low <= batch && batch <= range.high, "the batch is not as good as itself")
      precondition(seconds.low > 0 && seconds.contains(seconds.value), "the median lies outside of the interval")
    case .notEnoughEvidence:
      precondition(answer.updateBatch == nil && answer.shortage != nil, "no reason, or a batch without evidence")
    }

    // The folder holds all the evidence: asked again, nothing is trained and the answer is the same.
    let again = try recommender.recommend(
      in: folder, context: context, StudyObserver(onStart: { preconditionFailure("\($0) is trained again") }))
    precondition(again == answer, "the same evidence has two answers")
  }
}
