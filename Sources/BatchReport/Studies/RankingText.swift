import BatchScience

/// Which batch size is best, as far as the seeds can tell, in a sentence.
struct RankingText {
  let text: MeasureText
  /// The part of the examples that the measure is of: `validation`.
  let part: String

  /// `After the same 4 epochs batch 8 has the best validation accuracy, …`; without a condition it begins with the batch.
  func sentence(_ ranking: SeedRanking<Int>, _ condition: String = "") -> String {
    guard let best = ranking.best else { return "" }
    let beginning = condition.isEmpty ? "" : condition + " "
    let result = "\(text.name(part)), \(text.interval(best.sample))"
    let sizes = ranking.indistinguishableFromBest.map(\.name)
    let others = sizes.filter { $0 != best.name }.map(String.init)
    let seeds = NumberFormat.count(best.sample.count, "seed")
    if best.sample.count < 2 {
      let word = text.measure.moreIsBetter ? "highest" : "lowest"
      return "\(beginning)batch \(best.name) has the \(word) \(result), of one seed: it has no spread to rank by."
        .capitalizedFirst
    }
    if ranking.entries.count > 1, others.count == ranking.entries.count - 1 {
      return
        ("\(beginning)batch sizes \(Sentence.list(sizes.sorted().map(String.init))) do not differ beyond the spread of "
        + "\(seeds); batch \(best.name) has the best mean \(result).").capitalizedFirst
    }
    let rivals = others.isEmpty ? "" : "; \(Sentence.list(others)) cannot be told from it by these \(seeds)"
    return "\(beginning)batch \(best.name) has the best \(result)\(rivals).".capitalizedFirst
  }

  /// The best of a budget in a few words: `batch 8 (89.1 % after 4 epochs)`.
  func phrase(_ ranking: SeedRanking<Int>, after amount: String) -> String? {
    guard let best = ranking.best else { return nil }
    let figure = "\(text.value(best.sample.mean)) after \(amount)"
    if best.sample.count < 2 { return "none by one seed (batch \(best.name) has \(figure))" }
    let rivals = ranking.indistinguishableFromBest.filter { $0.name != best.name }
    if rivals.isEmpty { return "batch \(best.name) (\(figure))" }
    if rivals.count == ranking.entries.count - 1 { return "none beyond the spread of the seeds after \(amount)" }
    return "batch \(best.name) (\(figure)), from which \(Sentence.list(rivals.map { String($0.name) })) cannot be told"
  }
}
