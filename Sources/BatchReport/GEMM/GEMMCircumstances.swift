import BatchProfiling

/// What a profile of products was made with, as names and values.
enum GEMMCircumstances {
  static func list(_ profile: GEMMProfile) -> [(name: String, value: String)] {
    let plan = profile.plan
    let own: [(name: String, value: String)] = [
      ("Layers", plan.layers.map(\.description).joined(separator: ", ")),
      ("Products", plan.passes.map(\.rawValue).joined(separator: ", ")),
      ("Engines", plan.engines.map(text).joined(separator: ", ")),
      (
        "Weights",
        plan.weights == .warm ? "warm: the same again and again" : "cold: so many that none is left in a cache"
      ),
    ]
    return own
      + ProfileCircumstances(
        environment: profile.environment, ceilings: profile.ceilings, precision: plan.precision, threads: plan.threads,
        timing: plan.timing, cycles: profile.cycles, seconds: profile.seconds
      ).list
  }

  private static func text(_ engine: ProfiledEngine) -> String {
    engine.path.map { "\(engine.description) (\($0))" } ?? engine.description
  }
}
