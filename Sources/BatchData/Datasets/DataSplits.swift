/// The three parts of a data set: what is learned from, what choices are made by, and what the outcome is judged by.
public struct DataSplits: Sendable {
  /// The examples that are trained on.
  public let train: Dataset
  /// The examples that settings are chosen by.
  public let validation: Dataset
  /// The examples that nothing is chosen by.
  public let test: Dataset

  /// Three parts that are given.
  public init(train: Dataset, validation: Dataset, test: Dataset) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// Cuts examples into parts at random, by the stream "split" of the seed.
  ///
  /// - Throws: ``DataError/unusable(_:)`` when a part would be empty.
  public init(_ all: Dataset, validation: Int, test: Int, seed: UInt64) throws(DataError) {
    let order = try Self.order(all, without: validation + test, parts: "validation and test", seed: seed)
    self.validation = try all.subset(Array(order[..<validation]))
    self.test = try all.subset(Array(order[validation..<validation + test]))
    train = try all.subset(Array(order[(validation + test)...]))
  }

  /// Sets validation examples aside at random from those to train on, by the stream "split" of the seed.
  ///
  /// - Throws: ``DataError/unusable(_:)`` when a part would be empty.
  public init(_ training: Dataset, validation: Int, test: Dataset, seed: UInt64) throws(DataError) {
    let order = try Self.order(training, without: validation, parts: "validation", seed: seed)
    self.validation = try training.subset(Array(order[..<validation]))
    train = try training.subset(Array(order[validation...]))
    self.test = test
  }

  /// The parts with features that are shifted and scaled by what the training part shows.
  ///
  /// - Throws: ``DataError/outOfMemory(_:)``.
  public func standardised(_ scope: Standardisation.Scope) throws(DataError) -> DataSplits {
    let standardisation = Standardisation(fitting: train.features, scope: scope)
    return DataSplits(
      train: try standardisation.applied(to: train), validation: try standardisation.applied(to: validation),
      test: try standardisation.applied(to: test))
  }

  private static func order(
    _ all: Dataset, without held: Int, parts: String, seed: UInt64
  ) throws(DataError) -> [Int32] {
    guard held >= 1, held < all.count else {
      throw .unusable(
        "\(all.name): \(held) of \(all.count) examples cannot be set aside for \(parts); "
          + "at least 1 must be, and 1 must be left to train on")
    }
    var order = Array(0..<Int32(all.count))
    var stream = RandomStream(seed: seed, name: "split")
    order.withUnsafeMutableBufferPointer { stream.shuffle($0) }
    return order
  }
}
