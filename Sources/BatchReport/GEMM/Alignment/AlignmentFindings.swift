import BatchProfiling

/// What a profile of alignment found, a sentence each.
struct AlignmentFindings {
  private let report: AlignmentReport
  private var plan: GEMMProfilePlan { report.profile.plan }
  private var analysis: AlignmentAnalysis { report.analysis }

  init(_ report: AlignmentReport) { self.report = report }

  var sentences: [String] {
    let profile = report.profile
    let rejections = profile.rejections.map { "\($0.engine) was left out: \($0.reason)." }
    let calm = CalmFindings(
      points: profile.points.map { ($0.key.description, $0.samples) }, cycles: profile.cycles,
      wasStopped: profile.wasStopped)
    return (analysis.pairs.isEmpty ? ["No size was timed together with its multiple."] : [])
      + engines.flatMap(gains) + engines.compactMap(padding) + rejections + calm.sentences
  }

  private struct Engine: Hashable {
    let name: String
    let threads: Int
  }

  /// The engines, in the order of the plan.
  private var engines: [Engine] {
    plan.engines.flatMap { engine in plan.threads.map { Engine(name: engine.description, threads: $0) } }
  }

  private func label(_ engine: Engine) -> String {
    engine.name + GEMMText.threads(engine.threads, plan)
  }

  /// For each dimension and stretch of batch sizes what multiples gain in each product.
  private func gains(_ engine: Engine) -> [String] {
    AlignedDimension.allCases.flatMap { dimension in
      [false, true].compactMap { isAbove in
        let own = analysis.summaries.filter {
          $0.engine == engine.name && $0.threads == engine.threads && $0.dimension == dimension
            && ($0.batches.lowerBound > AlignmentAnalysis.stretch) == isAbove
        }
        guard !own.isEmpty else { return nil }
        let stretch = isAbove ? "above batch" : "up to batch"
        return "\(label(engine)) \(stretch) \(AlignmentAnalysis.stretch): "
          + clauses(own, "multiples of \(analysis.alignment) for the \(dimension.rawValue)") + "."
      }
    }
  }

  /// `multiples … gain 27.7 % [22.5, 33.9] forward and nothing backward-weights (0.6 % [−0.5, 1.6]); what they gain
  /// backward-data (4 % [−9, 17]) is unclear`.
  private func clauses(_ summaries: [AlignmentAnalysis.Summary], _ subject: String) -> String {
    func texts(_ verdict: SpeedComparison.Verdict, _ text: (AlignmentAnalysis.Summary) -> String) -> [String] {
      summaries.filter { $0.gain.verdict == verdict }.map(text)
    }
    func change(_ summary: AlignmentAnalysis.Summary) -> String {
      IntervalFormat.percent(summary.gain.ratio - 1, summary.gain.changeInterval)
    }
    func known(_ summary: AlignmentAnalysis.Summary) -> String { "\(summary.pass.rawValue) (\(change(summary)))" }
    let gains =
      texts(.faster) { "\(change($0)) \($0.pass.rawValue)" } + texts(.same) { "nothing \(known($0))" }
    let losses = texts(.slower) { summary in
      let loss = summary.gain.changeInterval.map { -$0.upperBound...(-$0.lowerBound) }
      return "\(IntervalFormat.percent(1 - summary.gain.ratio, loss)) \(summary.pass.rawValue)"
    }
    let verbs = [
      gains.isEmpty ? nil : "gain \(Sentence.list(gains))", losses.isEmpty ? nil : "lose \(Sentence.list(losses))",
    ]
    let sure = verbs.compactMap { $0 }
    let unclear = texts(.unclear, known)
    let start = sure.isEmpty ? "" : "\(subject) \(Sentence.list(sure))"
    guard !unclear.isEmpty else { return start }
    return (start.isEmpty ? "what \(subject) gain " : "\(start); what they gain ")
      + "\(Sentence.list(unclear)) is unclear"
  }

  /// What filling up the batch costs just below and just above multiples, at the first layer and product.
  private func padding(_ engine: Engine) -> String? {
    let own = analysis.pairs.filter { pair in
      pair.dimension == .batch && pair.key.engine == engine.name && pair.key.threads == engine.threads
    }
    guard let first = own.first else { return nil }
    let product = own.filter { $0.key.layer == first.key.layer && $0.key.pass == first.key.pass }
    let multiples = Set(product.map(\.multiple)).sorted()
    // The smallest, the largest, and one between: the table has them all.
    let chosen = Set([multiples.first, multiples[multiples.count / 2], multiples.last].compactMap { $0 }).sorted()
    let texts = chosen.flatMap { multiple -> [String] in
      let sides = product.filter { $0.multiple == multiple }
      let below = sides.max { $0.size < $1.size }
      // No multiple lies below the first; nobody fills up 1 to 8.
      let above = sides.min { $0.size < $1.size }.flatMap { $0.size > analysis.alignment && $0 != below ? $0 : nil }
      return [above, below].compactMap { $0 }.map(text)
    }
    return "\(label(engine)), filling up the batch of \(first.key.layer) \(first.key.pass.rawValue): "
      + texts.joined(separator: ", ") + "."
  }

  /// `63 → 64 is free (+0.3 % [−0.5, 1.0])`.
  private func text(_ pair: AlignmentAnalysis.Pair) -> String {
    let cost = pair.padding
    let sizes = "\(pair.size) → \(pair.multiple)"
    let signed = IntervalFormat.percent(cost.ratio - 1, cost.changeInterval, signed: true)
    switch cost.verdict {
    case .faster: return "\(sizes) costs \(IntervalFormat.percent(cost.ratio - 1, cost.changeInterval))"
    case .slower: return "\(sizes) saves time (\(signed))"
    case .same: return "\(sizes) is free (\(signed))"
    case .unclear: return "\(sizes) is unclear (\(signed))"
    }
  }
}
