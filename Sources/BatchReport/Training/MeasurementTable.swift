public import BatchCharts
public import BatchTraining

/// What the quantities of a training run have found.
public enum MeasurementTable {
  /// A row for each measurement: what, of which layer, in which updates, its number with its interval.
  public static func table(_ records: [EvaluationRecord]) -> TextTable {
    let rows = records.flatMap { record in (record.measurements ?? []).map { (record, $0) } }
    return TextTable(
      rows,
      fields: [
        .number("epoch", "epoch", { $0.0.epoch }, as: { NumberFormat.significant($0, digits: 3) }),
        .integer("update", "update") { $0.0.update },
        .machine("examples") { Double($0.0.examples) },
        .machine("first_update") { $0.1.firstUpdate.map(Double.init) },
        .machine("last_update") { $0.1.lastUpdate.map(Double.init) },
      ] + fields.map { field in TableField(field.column) { field.cell($0.1) } })
  }

  /// A row for each of some measurements.
  public static func table(_ measurements: [Measurement]) -> TextTable { TextTable(measurements, fields: fields) }

  private static var fields: [TableField<Measurement>] {
    [
      .text("quantity", "quantity") { $0.name }, .text("layer", "layer") { $0.layer },
      TableField("value", "value") { measurement in
        .number(measurement.value) { IntervalFormat.number($0, measurement.interval) }
      },
      .machine("low") { $0.low }, .machine("high") { $0.high }, .integer("probes", "probes") { $0.probes },
      .text("note", "note") { $0.note },
    ]
  }
}
