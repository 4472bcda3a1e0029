import BatchProfiling

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
