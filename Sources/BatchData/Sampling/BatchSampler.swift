public import BatchFormats
import BatchFoundation

/// The order in which a training run sees its examples, cut into batches.
///
/// The order of an epoch depends on nothing but the seed and the epoch, so a run that resumes at an epoch needs to
/// remember neither. Batches are of one size, or of any smaller one where training changes it on the way. After the
/// sampler is made, nothing here allocates.
public struct BatchSampler: Sendable {
  /// What becomes of the last batch when the batch size does not divide the number of examples.
  public enum LastBatch: String, Sendable, CaseIterable, Codable {
    /// It is short.
    case keep
    /// It is left out; each epoch leaves out other examples when the order is shuffled.
    case drop
    /// It is filled up with the first examples of the same epoch's order.
    case wrap
  }

  /// The number of examples.
  public let exampleCount: Int
  /// The number of examples in a batch, the largest where batches differ; the last may have fewer with
  /// ``LastBatch/keep``.
  public let batchSize: Int
  /// What becomes of the last batch.
  public let lastBatch: LastBatch
  /// The seed of the orders.
  public let seed: UInt64
  /// Whether each epoch has a new random order; otherwise examples come as they lie.
  public let shuffles: Bool
  /// The number of batches in an epoch.
  public let batchesPerEpoch: Int
  /// The epoch whose order is in place.
  public private(set) var epoch = 0

  // The epoch's order, then for `wrap` its beginning again, enough to fill up a last batch of one.
  @usableFromInline internal var order: [Int32]

  /// A sampler that stands at the beginning of epoch 0.
  ///
  /// - Parameters:
  ///   - exampleCount: The number of examples.
  ///   - batchSize: The number of examples in a batch.
  ///   - lastBatch: What becomes of a last batch that is short.
  ///   - seed: The seed of the orders, which come from its streams "order".
  ///   - shuffles: Whether each epoch has a new random order.
  /// - Throws: `DataError` when the batch size is not in 1 … `exampleCount`, or there are no or too many examples.
  public init(
    exampleCount: Int, batchSize: Int, lastBatch: LastBatch = .keep, seed: UInt64, shuffles: Bool = true
  ) throws(DataError) {
    guard exampleCount > 0, exampleCount <= Int32.max else {
      throw DataError(
        .invalidArgument, "\(exampleCount) examples cannot be sampled", hint: "give between 1 and \(Int32.max)")
    }
    guard batchSize > 0 else {
      throw DataError(
        .invalidArgument, "the batch size \(batchSize) is not positive (there are \(exampleCount) examples)",
        hint: "choose a batch size between 1 and \(exampleCount)")
    }
    guard batchSize <= exampleCount else {
      throw DataError(
        .invalidArgument, "the batch size \(batchSize) is larger than the data, \(exampleCount) examples",
        hint: "choose a batch size between 1 and \(exampleCount)")
    }
    self.exampleCount = exampleCount
    self.batchSize = batchSize
    self.lastBatch = lastBatch
    self.seed = seed
    self.shuffles = shuffles
    let full = exampleCount / batchSize
    let hasShort = exampleCount % batchSize != 0
    batchesPerEpoch = hasShort && lastBatch != .drop ? full + 1 : full
    order = [Int32](repeating: 0, count: lastBatch == .wrap ? exampleCount + batchSize - 1 : exampleCount)
    start(epoch: 0)
  }

  /// The number of examples that one epoch goes through, repetitions of ``LastBatch/wrap`` counted.
  public var examplesPerEpoch: Int {
    switch lastBatch {
    case .keep: exampleCount
    case .drop, .wrap: batchesPerEpoch * batchSize
    }
  }

  /// The number of examples in batch `index`.
  @inlinable
  public func count(ofBatch index: Int) -> Int { count(at: index * batchSize, size: batchSize) ?? 0 }

  /// The number of examples in a batch of a size that begins at a place in the epoch's order; nil where the epoch ends
  /// there, as it does before a short last batch that is dropped.
  @inlinable
  public func count(at place: Int, size: Int) -> Int? {
    guard place < exampleCount else { return nil }
    switch lastBatch {
    case .keep: return min(size, exampleCount - place)
    case .drop: return place + size <= exampleCount ? size : nil
    case .wrap: return size
    }
  }

  /// Puts the order of an epoch in place; allocates nothing.
  public mutating func start(epoch: Int) {
    precondition(epoch >= 0, "there is no epoch \(epoch)")
    self.epoch = epoch
    let examples = exampleCount
    var stream = RandomStream(seed: seed, name: "order", index: UInt64(epoch))
    let shuffles = shuffles
    order.withUnsafeMutableBufferPointer { order in
      for i in 0..<examples { order[i] = Int32(truncatingIfNeeded: i) }
      if shuffles { stream.shuffle(UnsafeMutableBufferPointer(rebasing: order[..<examples])) }
      for i in examples..<order.count { order[i] = order[i - examples] }
    }
  }

  /// Gives `body` the indices of batch `index` of the epoch, valid until it returns; allocates nothing.
  @inlinable
  public func withBatch<R, E: Error>(
    _ index: Int, _ body: (UnsafeBufferPointer<Int32>) throws(E) -> R
  ) throws(E) -> R {
    precondition(index >= 0 && index < batchesPerEpoch, "there is no batch \(index) in an epoch")
    return try withExamples(at: index * batchSize, count: count(ofBatch: index), body)
  }

  /// Gives `body` the indices of `count` examples from a place in the epoch's order on, valid until it returns;
  /// allocates nothing.
  ///
  /// `count` is what ``count(at:size:)`` gives for a size of at most ``batchSize``.
  @inlinable
  public func withExamples<R, E: Error>(
    at place: Int, count: Int, _ body: (UnsafeBufferPointer<Int32>) throws(E) -> R
  ) throws(E) -> R {
    precondition(place >= 0 && count >= 1 && place + count <= order.count, "no \(count) examples begin at \(place)")
    return try order.withUnsafeBufferPointer { (order) throws(E) -> R in
      try body(UnsafeBufferPointer(rebasing: order[place..<place + count]))
    }
  }
}
