public import BatchProfiling

/// What a profile of products would time, before it does.
public enum GEMMPlanTable {
  /// A row for each layer: what is timed, and the time and memory that all of it takes.
  public static func table(_ plan: GEMMProfilePlan, memory: Int) -> TextTable {
    let products = plan.products
    func list<T>(_ values: [T]) -> String { values.map { "\($0)" }.joined(separator: ", ") }
    var rows = [
      ("layers", list(plan.allLayers)), ("passes", list(plan.passes.map(\.rawValue))),
      ("batch sizes", list(Set(products.map(\.batch)).sorted())), ("engines", list(plan.engines)),
      ("threads", list(plan.threads)), ("precision", plan.precision.rawValue), ("weights", plan.weights.rawValue),
      ("products", NumberFormat.grouped(products.count)),
      ("memory", NumberFormat.fixed(Double(memory) / 1_048_576, decimals: 0) + " MiB"),
      ("time", time(plan)),
    ]
    if let alignment = plan.alignment { rows.append(("compared with multiples of", "\(alignment)")) }
    if plan.refines { rows.append(("cliffs", "looked for, with further batch sizes")) }
    return .facts(rows)
  }

  /// From the first cycles, which are finished whatever they take, to the limit.
  ///
  /// Half of a sample goes to what surrounds it, and a sample is at least one call, at a rate that any processor
  /// reaches.
  private static func time(_ plan: GEMMProfilePlan) -> String {
    let timing = plan.timing
    let sample = 1.5 * (timing.sampleSeconds + timing.warmUpSeconds)
    let cycle = plan.products.reduce(0) { $0 + max(sample, 2 * $1.operations / 20e9) }
    let least = cycle * Double(timing.minimumCycles)
    return "about \(NumberFormat.duration(least)) for \(timing.minimumCycles) samples of each, and up to "
      + "\(NumberFormat.duration(max(least, timing.maximumSeconds))) until all are known well enough"
  }
}
