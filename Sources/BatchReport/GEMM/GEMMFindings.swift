import BatchProfiling

/// What a profile of products found, a sentence each.
struct GEMMFindings {
  private let report: GEMMReport
  private var profile: GEMMProfile { report.profile }
  private var plan: GEMMProfilePlan { report.profile.plan }

  init(_ report: GEMMReport) { self.report = report }

  var sentences: [String] {
    let calm = CalmFindings(
      points: profile.points.map { ($0.key.description, $0.samples) }, cycles: profile.cycles,
      wasStopped: profile.wasStopped)
    return bests + comparisons + knees + cliffs + rejections + calm.sentences
  }

  /// The highest rate of each engine, and where.
  private var bests: [String] {
    plan.engines.map(\.description).flatMap { engine in
      plan.threads.compactMap { threads in
        let points = profile.points.filter { $0.key.engine == engine && $0.key.threads == threads }
        return best(points).map { sentence($0) }
      }
    }
  }

  private func best(_ points: [GEMMPoint]) -> GEMMPoint? {
    points.filter { $0.time != nil && $0.samples.gotQuiet }.max {
      ($0.ratioToPeak?.value ?? 0, $0.rate ?? 0) < ($1.ratioToPeak?.value ?? 0, $1.rate ?? 0)
    }
  }

  private func sentence(_ point: GEMMPoint) -> String {
    let reached =
      point.ratioToPeak.map { "\(IntervalFormat.percent($0.value, $0.interval)) of the FMA peak" }
      ?? GEMMText.rate(point.rate ?? 0)
    return "\(point.key.engine) reaches \(reached) at most: \(point.key.layer) "
      + "\(point.key.pass.rawValue), batch \(point.key.batch)\(GEMMText.threads(point.key.threads, plan))."
  }

  /// How often each engine is faster than the first.
  private var comparisons: [String] {
    guard let first = plan.engines.first?.description else { return [] }
    return plan.engines.dropFirst().map(\.description).compactMap { engine in
      let compared = report.rows.filter { $0.point.key.engine == engine && $0.speedUp != nil }
      guard !compared.isEmpty else { return nil }
      let counts = SpeedComparison.Verdict.allCases.compactMap { verdict -> String? in
        let count = compared.count { $0.speedUp?.verdict == verdict }
        return count > 0 ? "\(verdict.rawValue) at \(count)" : nil
      }
      let start = "\(engine) against \(first), of \(compared.count) products: \(counts.joined(separator: ", "))"
      // What has no interval is no extreme.
      let known = compared.filter { $0.speedUp?.interval != nil }
      guard let low = known.min(by: { speed($0) < speed($1) }), let high = known.max(by: { speed($0) < speed($1) })
      else { return start + "." }
      return start + "; from \(text(low)) to \(text(high))."
    }
  }

  private func speed(_ row: GEMMRow) -> Double { row.speedUp?.ratio ?? 1 }

  private func text(_ row: GEMMRow) -> String {
    let key = row.point.key
    return
      "\(IntervalFormat.number(speed(row), row.speedUp?.interval)) times as fast (\(key.layer) \(key.pass.rawValue), "
      + "batch \(key.batch)\(GEMMText.threads(key.threads, plan)))"
  }

  /// From which batch size on each engine has most of its own best rate.
  private var knees: [String] {
    let curves = quietCurves
    return report.groups(curves.map { $0[0].key }).compactMap { group in
      let texts = curves.filter { GEMMReport.Group($0[0].key) == group }.compactMap(knee)
      guard !texts.isEmpty else { return nil }
      return
        "\(group.layer) \(group.pass.rawValue)\(GEMMText.threads(group.threads, plan)): 90 % of an engine's own best "
        + "rate from batch \(texts.joined(separator: ", "))."
    }
  }

  private func knee(_ curve: [GEMMPoint]) -> String? {
    guard let best = curve.compactMap(\.rate).max(), let knee = curve.first(where: { ($0.rate ?? 0) >= 0.9 * best })
    else { return nil }
    return "\(knee.key.batch) (\(knee.key.engine), at best \(GEMMText.rate(best)))"
  }

  /// The curves of at least two points that got quiet.
  private var quietCurves: [[GEMMPoint]] {
    profile.curves.map { $0.filter(\.samples.gotQuiet) }.filter { $0.count > 1 }
  }

  private var cliffs: [String] {
    guard !profile.cliffs.isEmpty else {
      return quietCurves.isEmpty
        ? [] : ["No cliff: no engine's throughput falls beyond doubt from one batch size to the next that was timed."]
    }
    return profile.cliffs.map { cliff in
      "\(GEMMText.curve(cliff.before, plan)): from batch \(cliff.before.batch) to \(cliff.batchAfter) the throughput "
        + "falls to \(IntervalFormat.percent(cliff.change.ratio, cliff.change.interval)): \(cliff.cause)."
    }
  }

  private var rejections: [String] {
    profile.rejections.map { "\($0.engine) was left out: \($0.reason)." }
  }
}
