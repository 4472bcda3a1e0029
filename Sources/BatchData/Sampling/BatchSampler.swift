/// Cuts each epoch's random order of the examples into batches.
///
/// The order depends on the seed and the epoch alone: a run that goes on after epoch 7 sees what it would have seen.
public struct BatchSampler: Sendable {
  /// What becomes of the examples left over when the batch size does not divide the number of examples.
  public enum LastBatch: String, Sendable, Hashable, CaseIterable, Codable {
    /// They form a shorter batch.
    case keep
    /// They are left out of this epoch.
    case drop
    /// They are filled up to a whole batch with the first examples of the epoch.
    case wrap
  }

  /// The number of batches in an epoch.
  public let batchesPerEpoch: Int
  /// The number of examples in a batch; the last may be shorter.
  public let batchSize: Int

  private let exampleCount: Int
  private let seed: UInt64
  private let shuffles: Bool
  /// The epoch's order, followed by what a wrapped last batch repeats.
  private var order: [Int32]

  /// A sampler that stands before epoch 0.
  ///
  /// - Throws: ``DataError/batchSize(_:exampleCount:)`` for a size below 1 or above the number of examples.
  public init(
    exampleCount: Int, batchSize: Int, lastBatch: LastBatch = .keep, seed: UInt64, shuffles: Bool = true
  ) throws(DataError) {
    guard batchSize >= 1, batchSize <= exampleCount else { throw .batchSize(batchSize, exampleCount: exampleCount) }
    self.exampleCount = exampleCount
    self.batchSize = batchSize
    self.seed = seed
    self.shuffles = shuffles
    let whole = exampleCount / batchSize
    let rest = exampleCount % batchSize
    batchesPerEpoch = rest == 0 || lastBatch == .drop ? whole : whole + 1
    let repeated = rest > 0 && lastBatch == .wrap ? batchSize - rest : 0
    order = Array(0..<Int32(exampleCount)) + Array(0..<Int32(repeated))
  }

  /// Puts the examples into the order of an epoch; allocates nothing.
  public mutating func start(epoch: Int) {
    guard shuffles else { return }
    var stream = RandomStream(seed: seed, name: "order", index: UInt64(epoch))
    order.withUnsafeMutableBufferPointer { all in
      let examples = UnsafeMutableBufferPointer(rebasing: all[..<exampleCount])
      for i in examples.indices { examples[i] = Int32(i) }
      stream.shuffle(examples)
      for i in exampleCount..<all.count { all[i] = all[i - exampleCount] }
    }
  }

  /// Gives `body` the row numbers of one batch of the epoch, until it returns; allocates nothing.
  public func withBatch<R>(_ index: Int, _ body: (UnsafeBufferPointer<Int32>) -> R) -> R {
    precondition(index >= 0 && index < batchesPerEpoch, "batch \(index) lies outside 0 ..< \(batchesPerEpoch)")
    return order.withUnsafeBufferPointer { all in
      let first = index * batchSize
      return body(UnsafeBufferPointer(rebasing: all[first..<min(first + batchSize, all.count)]))
    }
  }
}
