public import BatchProfiling

/// What the machine can do at most.
public enum CeilingsTable {
  /// For each number of threads a row for each peak, for reading and updating at each level, and for the lines that
  /// travel between cores.
  ///
  /// For machines rates are in the plain unit, for people in thousands of millions of it.
  public static func table(_ ceilings: MachineCeilings) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("threads", "threads"), TextTable.Column("quantity", "quantity", isNumeric: false),
      TextTable.Column("level", "level", isNumeric: false), TextTable.Column("working_set_bytes", "working set"),
      TextTable.Column("rate", "rate"), TextTable.Column("unit", "unit", isNumeric: false),
    ])
    for threads in ceilings.threadCounts {
      for peak in ceilings.peaks where peak.threads == threads {
        let quantity = "peak \(name(peak.precision))"
        table.append([.integer(threads), .text(quantity), .missing, .missing] + rate(peak.rate, "FLOP/s"))
      }
      for rung in ceilings.rungs where rung.threads == threads {
        for pattern in Bandwidth.Pattern.allCases {
          let workingSet = TextTable.Cell.number(Double(rung.workingSet), NumberFormat.bytes)
          table.append(
            [.integer(threads), .text(pattern.rawValue), .text(rung.place), workingSet]
              + rate(rung.rate(pattern), "B/s"))
        }
      }
      for transfer in ceilings.transfers where transfer.threads == threads {
        table.append(
          [.integer(threads), .text("lines between cores"), .missing, .missing] + rate(transfer.rate, "B/s"))
      }
    }
    return table
  }

  private static func rate(_ rate: Double, _ unit: String) -> [TextTable.Cell] {
    [
      .number(rate) { NumberFormat.significant($0 / 1e9, digits: 3) },
      TextTable.Cell(value: .text(unit), text: "G\(unit)"),
    ]
  }

  private static func name(_ precision: FMAPeak.Precision) -> String {
    switch precision {
    case .float: "fp32"
    case .double: "fp64"
    case .bfloat16: "bf16"
    }
  }
}
