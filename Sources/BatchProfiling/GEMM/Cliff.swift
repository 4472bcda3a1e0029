/// A fall of the throughput from one batch size to the next larger one that was timed.
public struct Cliff: Sendable, Hashable, Codable {
  /// The product at the batch size before the fall.
  public var before: GEMMPointKey
  /// The batch size after it.
  public var batchAfter: Int
  /// The examples a second after the fall over those before it, and its interval.
  public var change: SpeedComparison
  /// How the product is computed before the fall.
  public var methodBefore: String
  /// How it is computed after the fall.
  public var methodAfter: String

  /// Why the throughput falls, as far as the methods tell.
  public var cause: String {
    guard methodBefore == methodAfter else { return "\(methodBefore) → \(methodAfter)" }
    // The batch is a row of the result, and of the gradient of the weights the contraction, which has no tiles.
    let isRow = before.pass != .backwardWeights && batchAfter == before.batch + 1
    let tile = isRow ? [16, 8, 4].first { before.batch.isMultiple(of: $0) } : nil
    return tile.map { "the same path: one row more than whole tiles of \($0)" }
      ?? "the same path: the edge of a tile, of a thread's share or of a cache"
  }

  /// The least fall that counts: examples a second after over before.
  static var threshold: Double { 0.93 }
  /// The interval of the fall must end below this: among hundreds of neighbours some fall by chance.
  static var certainty: Double { 0.96 }

  /// A cliff between two neighbours of a curve; nil where there is none beyond doubt, as where one never got quiet.
  init?(_ before: GEMMPoint, _ after: GEMMPoint) {
    guard before.time != nil, after.time != nil, before.samples.gotQuiet, after.samples.gotQuiet else { return nil }
    let scale = Double(after.key.batch) / Double(before.key.batch)
    // Of times for an example: the time before over the time after.
    let times = after.samples.times.map { $0 / scale }
    let change = SpeedComparison(times, with: before.samples.times, margin: 1 / Self.threshold - 1)
    guard max(change.ratio, change.fastest ?? 0) < Self.threshold, let interval = change.interval,
      interval.upperBound < Self.certainty
    else {
      return nil
    }
    self.before = before.key
    batchAfter = after.key.batch
    self.change = change
    methodBefore = before.method.description
    methodAfter = after.method.description
  }
}
