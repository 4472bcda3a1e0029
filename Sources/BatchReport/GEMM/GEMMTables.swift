import BatchProfiling

/// The tables of a profile of products.
enum GEMMTables {
  private typealias Field = TableField<GEMMRow>

  /// A row a point; for machines with all that is known of it.
  static func main(_ rows: [GEMMRow]) -> TextTable {
    TextTable(rows, fields: [identity, speed, bounds, comparison, quality(isForMachines: true)].flatMap { $0 })
  }

  /// Where the time of each point goes.
  static func explanations(_ rows: [GEMMRow]) -> TextTable {
    let explained = rows.filter { $0.point.explanation != nil }
    return TextTable(explained, fields: [identity, shares, quality(isForMachines: false)].flatMap { $0 })
  }

  private static var identity: [Field] {
    [
      .text("layer", "layer") { $0.point.key.layer.description },
      .text("pass", "pass") { $0.point.key.pass.rawValue },
      .integer("batch", "batch") { $0.point.key.batch },
      .integer("threads", "threads") { $0.point.key.threads },
      .text("engine", "engine") { $0.point.key.engine },
    ]
  }

  private static var speed: [Field] {
    var fields: [Field] = [
      Field("seconds", "time") { row in
        .number(row.point.time?.value) { _ in row.point.time.map(IntervalFormat.spread) ?? "" }
      }
    ]
    fields += Field.ends("seconds") { $0.point.time?.interval }
    fields.append(.number("gflops", "GFLOP/s", { $0.point.rate.map { $0 / 1e9 } }, as: short))
    fields.append(.number("peak_share", "of peak", { $0.point.ratioToPeak?.value }, as: percent))
    fields += Field.ends("peak_share") { $0.point.ratioToPeak?.interval }
    fields.append(.number("examples_per_second", "examples/s", { $0.point.throughput }, as: short))
    return fields
  }

  private static var bounds: [Field] {
    var fields: [Field] = [
      .text("bound", "bound") { $0.point.explanation?.bound.rawValue },
      .number("ceiling_share", "of ceiling", { $0.share(\.ceiling) }, as: percent),
      .machine("intensity") { $0.point.explanation?.intensity },
      .machine("ceiling_seconds") { $0.point.explanation?.ceiling },
    ]
    fields += parts.map { part in .machine("\(part.name)_share") { $0.share(part.path) } }
    return fields
  }

  private static var comparison: [Field] {
    var fields: [Field] = [
      .number("speedup", "speed-up", { $0.speedUp?.ratio }, as: { NumberFormat.fixed($0, decimals: 2) })
    ]
    fields += Field.ends("speedup") { $0.speedUp?.interval }
    fields.append(.text("verdict", "verdict") { $0.speedUp?.verdict.rawValue })
    fields.append(.integer("samples", "n") { $0.point.samples.times.count })
    return fields
  }

  private static var shares: [Field] {
    var fields: [Field] = [.number("ceiling_share", "ceiling", { $0.share(\.ceiling) }, as: percent)]
    fields += parts.map { part in .number("\(part.name)_share", part.name, { $0.share(part.path) }, as: percent) }
    return fields
  }

  private static func quality(isForMachines: Bool) -> [Field] {
    [
      Field("error", "error", isForMachines: isForMachines) {
        .number($0.point.error) { NumberFormat.significant($0, digits: 2) }
      },
      Field("discarded", "discarded", isForMachines: isForMachines) { .integer($0.point.samples.discarded) },
      Field("disturbed_cycles", "disturbed", isForMachines: isForMachines) {
        .integer($0.point.samples.disturbedCycles)
      },
      .text("method", "method", isForMachines: isForMachines) { $0.point.method.description },
    ]
  }

  /// The parts of a time beyond its ceiling.
  static var parts: [(name: String, path: KeyPath<GEMMExplanation, Double>)] {
    [
      ("call", \.call), ("tiles", \.tiles), ("packing", \.packing), ("threads", \.threads), ("rest", \.rest),
    ]
  }

  private static func short(_ value: Double) -> String { NumberFormat.significant(value, digits: 3) }
  private static func percent(_ share: Double) -> String { NumberFormat.percent(share) }
}

/// A row for each fall of the throughput from one batch size to the next.
enum CliffTable {
  static func table(_ cliffs: [Cliff]) -> TextTable {
    var fields: [TableField<Cliff>] = [
      .text("layer", "layer") { $0.before.layer.description },
      .text("pass", "pass") { $0.before.pass.rawValue },
      .integer("threads", "threads") { $0.before.threads },
      .text("engine", "engine") { $0.before.engine },
      .integer("batch_before", "batch before") { $0.before.batch },
      .integer("batch_after", "after") { $0.batchAfter },
      TableField("change", "throughput falls to") { cliff in
        .number(cliff.change.ratio) { IntervalFormat.percent($0, cliff.change.interval) }
      },
    ]
    fields += TableField.ends("change") { $0.change.interval }
    fields.append(.text("cause", "cause") { $0.cause })
    return TextTable(cliffs, fields: fields)
  }
}
