import BatchProfiling

/// The report of a profile of alignment: what a multiple gains, and what filling up to it costs.
struct AlignmentReport: ProfileContent {
  let profile: GEMMProfile
  let analysis: AlignmentAnalysis

  var title: String { "What multiples of \(analysis.alignment) gain" }

  var subtitle: String {
    let plan = profile.plan
    return "\(analysis.pairs.count) pairs of a size and the next multiple of \(analysis.alignment): "
      + "\(plan.layers.map(\.description).joined(separator: ", ")) by "
      + "\(plan.engines.map { $0.description }.joined(separator: ", "))."
  }

  var findings: [String] { AlignmentFindings(self).sentences }

  var tables: [TextTable] {
    let further = [AlignmentTables.remainders(analysis.summaries), AlignmentTables.pairs(analysis.pairs)]
    return [AlignmentTables.summaries(analysis.summaries)] + further.filter { !$0.rows.isEmpty }
  }

  var sections: [HTMLReport.Section] {
    var sections: [HTMLReport.Section] = []
    if !analysis.pairs.isEmpty {
      sections.append(
        HTMLReport.Section(
          "Gain of a multiple", charts: remainderCharts,
          tables: [
            AlignmentTables.summaries(analysis.summaries), AlignmentTables.remainders(analysis.summaries),
          ]))
      sections.append(HTMLReport.Section("All pairs", tables: [AlignmentTables.pairs(analysis.pairs)]))
    }
    sections.append(HTMLReport.Section("How to read this", paragraphs: definitions))
    return sections
  }

  private var definitions: [String] {
    [
      "A larger batch computes more a second even where alignment does not matter. So the gain is of the time at a size "
        + "over the time on the line between the two multiples next to it; each time is the lower quartile of its samples, "
        + "since delays only add. Intervals draw cycles, the same for all sizes, and pairs; "
        + "below the first multiple, where there is no line, the table has the ratio of the rates. The cost of padding is "
        + "of the time at the multiple over the time at the size. Differences "
        + "below \(NumberFormat.percent(AlignmentAnalysis.margin, decimals: 0)) count as none.",
      "The width of a layer is its inputs or outputs; batches up to \(AlignmentAnalysis.stretch) are told from those "
        + "above, because a tile more or less is felt where there are few.",
    ] + ProfileDefinitions.timing + [ProfileDefinitions.verdicts]
  }

  var circumstances: [(name: String, value: String)] {
    GEMMCircumstances.list(profile) + [("Alignment", "\(analysis.alignment)")]
  }
}
