/// What a larger batch buys in updates to the goal: one of three regimes.
///
/// Shallue et al. 2019 (JMLR 20:112, §4.1) tell them apart by eye. Here what counts is by how much doubling the batch
/// divides the steps, S(B)/S(2B) = (1 + x)/(1 + x/2) with x = B_c/B on the hyperbola: by 1.8 or more, 90 % of what is
/// possible, in perfect scaling, up to B_c/8; by 1.1 or less on the plateau, from 4.5·B_c on.
public enum ScalingRegime: String, Sendable, Hashable, Codable {
  /// Doubling the batch nearly halves the steps.
  case perfectScaling
  /// Doubling the batch saves steps and costs examples.
  case diminishingReturns
  /// Doubling the batch saves hardly any steps.
  case plateau

  /// The regime of a batch on a hyperbola with the given critical batch.
  public init(of batch: Double, criticalBatch: Double) {
    self =
      batch <= Self.perfectScalingEnd(criticalBatch: criticalBatch)
      ? .perfectScaling
      : batch < Self.plateauStart(criticalBatch: criticalBatch) ? .diminishingReturns : .plateau
  }

  /// The largest batch of perfect scaling: B_c/8.
  public static func perfectScalingEnd(criticalBatch: Double) -> Double { criticalBatch / 8 }

  /// The least batch of the plateau: 4.5·B_c.
  public static func plateauStart(criticalBatch: Double) -> Double { 4.5 * criticalBatch }
}
