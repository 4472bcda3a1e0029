import BatchProfiling

/// How products are named in sentences.
enum GEMMText {
  /// `openblas, 784x512 forward`, with the number of threads where a profile has several.
  static func curve(_ key: GEMMPointKey, _ plan: GEMMProfilePlan) -> String {
    "\(key.engine), \(key.layer) \(key.pass.rawValue)" + threads(key.threads, plan)
  }

  /// `, 2 threads`, or nothing where a profile has only one number of threads.
  static func threads(_ count: Int, _ plan: GEMMProfilePlan) -> String {
    plan.threads.count > 1 ? ", \(NumberFormat.count(count, "thread"))" : ""
  }

  /// `63.1 GFLOP/s`.
  static func rate(_ rate: Double) -> String { NumberFormat.significant(rate / 1e9, digits: 3) + " GFLOP/s" }
}
