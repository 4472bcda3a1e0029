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
        return "\(label(engine)) \(stretch) \(AlignmentAnalysis.stretch): multiples of \(analysis.alignment) for "
          + "\(dimension == .batch ? "the batch" : "the \(dimension.rawValue)") \(Sentence.list(own.map(clause)))."
      }
    }
  }

  /// `gain 27.7 % [22.5, 33.9] in forward`.
  private func clause(_ summary: AlignmentAnalysis.Summary) -> String {
    let gain = summary.gain
    let product = "in \(summary.pass.rawValue)"
    let change = IntervalFormat.percent(gain.ratio - 1, gain.changeInterval)
    switch gain.verdict {
    case .faster: return "gain \(change) \(product)"
    case .slower:
      let loss = gain.changeInterval.map { -$0.upperBound...(-$0.lowerBound) }
      return "lose \(IntervalFormat.percent(1 - gain.ratio, loss)) \(product)"
    case .same: return "gain nothing \(product) (\(change))"
    case .unclear: return "gain nothing that is clear \(product) (\(change))"
    }
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
