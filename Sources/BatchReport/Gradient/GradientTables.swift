public import BatchCharts
public import BatchScience
public import BatchTraining

/// What the gradients of a network at one moment say.
public enum GradientTables {
  /// A row for the whole network and one for each layer: the noise scale with its interval, the number of probes behind
  /// it and whether they are enough, and where it is known the exact one.
  public static func noiseScale(_ measurements: [Measurement], exact: ExactNoiseScale?) -> TextTable {
    func exactScale(_ measurement: Measurement) -> Double? {
      guard let layer = measurement.layer else { return exact?.total.noiseScale }
      return exact?.layers.first { $0.name == layer }?.moments.noiseScale
    }
    var fields: [TableField<Measurement>] = [
      .text("layer", "layer") { $0.layer ?? "all" },
      TableField("noise_scale", "noise scale") { measurement in
        .number(measurement.value) { IntervalFormat.number($0, measurement.interval) }
      },
      .machine("low") { $0.low }, .machine("high") { $0.high }, .integer("probes", "probes") { $0.probes },
      TableField("enough", "enough", isNumeric: false) { .flag($0.value != nil) },
    ]
    if exact != nil {
      fields.append(.number("exact", "exact", exactScale, as: { NumberFormat.significant($0, digits: 3) }))
    }
    fields.append(.text("note", "note") { $0.note })
    return TextTable(measurements.filter { $0.name == "noise_scale" }, fields: fields)
  }

  /// A row for each of the other quantities.
  public static func quantities(_ measurements: [Measurement]) -> TextTable {
    MeasurementTable.table(measurements.filter { $0.name != "noise_scale" })
  }

  /// A row for each criterion: the batch that it would choose, and why.
  public static func readout(_ readout: BatchReadout) -> TextTable {
    TextTable(
      readout.choices,
      fields: [
        .text("criterion", "criterion") { $0.criterion },
        TableField("batch", "batch") { choice in
          .number(choice.batch) { IntervalFormat.number($0, choice.interval) }
        },
        .machine("low") { $0.interval?.lowerBound }, .machine("high") { $0.interval?.upperBound },
        .text("reason", "because") { $0.reason },
      ])
  }
}
