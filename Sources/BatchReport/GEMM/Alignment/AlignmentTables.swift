import BatchProfiling

/// The tables of a profile of alignment.
enum AlignmentTables {
  /// A row for each engine, dimension, product and stretch of batch sizes.
  static func summaries(_ summaries: [AlignmentAnalysis.Summary]) -> TextTable {
    var fields = identity { (summary: AlignmentAnalysis.Summary) in summary }
    fields += gain { $0.gain }
    fields.append(.integer("pairs", "pairs") { $0.pairs })
    fields.append(.text("largest", "largest") { $0.largest.map(text) })
    fields.append(.machine("largest_gain") { $0.largest.map { $0.gain.ratio - 1 } })
    return TextTable(summaries, fields: fields)
  }

  /// A row for each summary and remainder.
  static func remainders(_ summaries: [AlignmentAnalysis.Summary]) -> TextTable {
    typealias Row = (summary: AlignmentAnalysis.Summary, remainder: AlignmentAnalysis.Remainder)
    let rows: [Row] = summaries.flatMap { summary in summary.remainders.map { (summary, $0) } }
    var fields = identity { (row: Row) in row.summary }
    fields.append(.integer("remainder", "remainder") { $0.remainder.remainder })
    fields += gain { $0.remainder.gain }
    fields.append(.integer("pairs", "pairs") { $0.remainder.pairs })
    return TextTable(rows, fields: fields)
  }

  /// A row for each size and its multiple.
  static func pairs(_ pairs: [AlignmentAnalysis.Pair]) -> TextTable {
    var fields: [TableField<AlignmentAnalysis.Pair>] = [
      .text("dimension", "dimension") { $0.dimension.rawValue },
      .text("layer", "layer") { $0.key.layer.description },
      .text("pass", "pass") { $0.key.pass.rawValue },
      .integer("batch", "batch") { $0.key.batch },
      .integer("threads", "threads") { $0.key.threads },
      .text("engine", "engine") { $0.key.engine },
      .integer("size", "size") { $0.size },
      .integer("multiple", "multiple") { $0.multiple },
      .text("against", "against") { $0.isBetweenMultiples ? "line" : "rate" },
    ]
    fields += gain { $0.gain }
    fields.append(
      TableField("padding_cost", "cost of padding") { pair in
        .number(pair.padding.ratio - 1) { IntervalFormat.percent($0, pair.padding.changeInterval, signed: true) }
      })
    fields += TableField.ends("padding_cost") { $0.padding.changeInterval }
    return TextTable(pairs, fields: fields)
  }

  /// What tells a summary from the others.
  private static func identity<Subject>(
    _ summary: @escaping (Subject) -> AlignmentAnalysis.Summary
  ) -> [TableField<Subject>] {
    [
      .text("dimension", "dimension") { summary($0).dimension.rawValue },
      .text("engine", "engine") { summary($0).engine },
      .text("pass", "pass") { summary($0).pass.rawValue },
      .integer("threads", "threads") { summary($0).threads },
      .text("batches", "batches") { range(summary($0).batches) },
    ]
  }

  private static func gain<Subject>(_ gain: @escaping (Subject) -> SpeedComparison) -> [TableField<Subject>] {
    var fields: [TableField<Subject>] = [
      TableField("gain", "gain") { subject in
        .number(gain(subject).ratio - 1) { IntervalFormat.percent($0, gain(subject).changeInterval, signed: true) }
      }
    ]
    fields += TableField.ends("gain") { gain($0).changeInterval }
    fields.append(.text("verdict", "verdict") { gain($0).verdict.rawValue })
    return fields
  }

  /// `1–63`, or `8` for a single batch size.
  static func range(_ batches: ClosedRange<Int>) -> String {
    batches.count == 1 ? "\(batches.lowerBound)" : "\(batches.lowerBound)–\(batches.upperBound)"
  }

  /// `784x512 forward, batch 7 → 8: +31 %`.
  private static func text(_ pair: AlignmentAnalysis.Pair) -> String {
    "\(name(pair)): \(IntervalFormat.percent(pair.gain.ratio - 1, pair.gain.changeInterval, signed: true))"
  }

  /// `784x512 forward, batch 7 → 8`; `783x512 forward, batch 64, inputs 783 → 784`.
  static func name(_ pair: AlignmentAnalysis.Pair) -> String {
    let sizes = "\(pair.dimension.rawValue) \(pair.size) → \(pair.multiple)"
    let product = "\(pair.key.layer) \(pair.key.pass.rawValue)"
    return pair.dimension == .batch ? "\(product), \(sizes)" : "\(product), batch \(pair.key.batch), \(sizes)"
  }
}

extension SpeedComparison {
  /// The interval of what the ratio differs from 1 by.
  var changeInterval: ClosedRange<Double>? { interval.map { $0.lowerBound - 1...$0.upperBound - 1 } }
}
