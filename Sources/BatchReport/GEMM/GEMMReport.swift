import BatchAlgebra
import BatchProfiling

/// The report of a profile of products by batch size.
struct GEMMReport: ProfileContent {
  let profile: GEMMProfile
  let rows: [GEMMRow]

  init(_ profile: GEMMProfile) {
    self.profile = profile
    rows = GEMMRow.rows(profile)
  }

  /// A product that is timed at several batch sizes and by several engines.
  struct Group: Hashable {
    let layer: LayerShape
    let pass: GEMMPlan.Pass
    let threads: Int

    init(_ key: GEMMPointKey) { (layer, pass, threads) = (key.layer, key.pass, key.threads) }
  }

  /// The groups of the keys, in their order.
  func groups(_ keys: [GEMMPointKey]) -> [Group] {
    var seen: Set<Group> = []
    return keys.map(Group.init).filter { seen.insert($0).inserted }
  }

  var title: String {
    "How fast dense layers are computed: " + profile.plan.layers.map(\.description).joined(separator: ", ")
  }

  var subtitle: String {
    let plan = profile.plan
    let timed = profile.points.count { $0.time != nil }
    return "\(timed) of \(profile.points.count) products by "
      + "\(plan.engines.map { $0.description }.joined(separator: ", ")), with "
      + "\(plan.threads.map { NumberFormat.count($0, "thread") }.joined(separator: ", ")), "
      + "\(plan.weights.rawValue) weights."
  }

  var findings: [String] { GEMMFindings(self).sentences }

  var tables: [TextTable] {
    [GEMMTables.main(rows), GEMMTables.explanations(rows), CliffTable.table(profile.cliffs)].enumerated().filter {
      $0.offset == 0 || !$0.element.rows.isEmpty
    }.map(\.element)
  }

  var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section(
        "Throughput by batch size", charts: throughputCharts, tables: [CliffTable.table(profile.cliffs)]),
      HTMLReport.Section("Roofline", charts: rooflineCharts),
      HTMLReport.Section(
        "Where the time goes",
        paragraphs: [
          "time = ceiling + call + tiles + packing + threads + rest. The ceiling is max(bytes / bandwidth, operations "
            + "/ peak), each operand counted once. The parts are estimates from measured bandwidths, peaks and empty "
            + "calls; where they exceed the time the rest is negative, and is drawn as 0."
        ], charts: timeCharts, tables: [GEMMTables.explanations(rows)]),
      HTMLReport.Section("All points", tables: [GEMMTables.main(rows)]),
      HTMLReport.Section(
        "How to read this", paragraphs: ProfileDefinitions.timing + [ProfileDefinitions.verdicts] + definitions),
    ].filter { section in
      !section.charts.isEmpty || section.tables.contains { !$0.rows.isEmpty } || section.heading == "How to read this"
    }
  }

  private var definitions: [String] {
    [
      "A product of M×K by K×N has 2MNK floating-point operations; M is the batch size of the forward and the "
        + "backward-data product, and K that of the backward-weights product.",
      "Speed-up is the first engine's time over this one's, from cycles in which both were timed. A cliff is a fall of "
        + "the examples a second from one batch size to the next beyond doubt.",
    ]
  }

  var circumstances: [(name: String, value: String)] { GEMMCircumstances.list(profile) }

  /// The colour of an engine in all charts.
  func color(_ engine: String) -> SeriesColor {
    .category(profile.plan.engines.firstIndex { $0.description == engine } ?? 0)
  }
}
