import BatchAlgebra
public import BatchFormats
import BatchFoundation

/// A data set in three parts: one to train on, one to choose by, one to judge by at the end.
public struct DataSplits: Sendable, Equatable, CustomStringConvertible {
  /// The examples to train on.
  public let train: Dataset
  /// The examples to compare hyperparameters on.
  public let validation: Dataset
  /// The examples to judge the chosen network on, once.
  public let test: Dataset
  /// What was done to the features, fitted on the training part alone.
  public let standardisation: Standardisation
  /// How the parts were made, in a sentence.
  public let description: String
  /// What a reader should know of how the data were read.
  public internal(set) var notes: [DataNote] = []

  /// Splits one set at random into three parts that share no example.
  ///
  /// The parts are the beginning, middle and end of one permutation from the stream "split" of the seed.
  ///
  /// - Throws: `DataError` when a part would be empty, or when memory runs out.
  public init(
    splitting pool: Dataset, validation: Int, test: Int, seed: UInt64, standardisation mode: Standardisation.Mode
  ) throws(DataError) {
    try Self.check(pool, validation: validation, test: test)
    let order = Self.order(of: pool, seed: seed)
    let trainCount = pool.count - validation - test
    try self.init(
      train: pool.subset(Array(order[..<trainCount])),
      validation: pool.subset(Array(order[trainCount..<trainCount + validation])),
      test: pool.subset(Array(order[(trainCount + validation)...])), standardisation: mode,
      description: "\(pool.name): \(trainCount) training, \(validation) validation and \(test) test examples, "
        + "split at random with seed \(seed)")
  }

  /// Splits one set at random into a training and a validation part; the test part is given.
  ///
  /// - Throws: `DataError` when a part would be empty, when the sets differ in shape, or when memory runs out.
  public init(
    splitting pool: Dataset, validation: Int, test: Dataset, seed: UInt64, standardisation mode: Standardisation.Mode
  ) throws(DataError) {
    try Self.check(pool, validation: validation, test: 0)
    try Self.requireAlike(pool, test, "test")
    let order = Self.order(of: pool, seed: seed)
    let trainCount = pool.count - validation
    try self.init(
      train: pool.subset(Array(order[..<trainCount])), validation: pool.subset(Array(order[trainCount...])),
      test: test, standardisation: mode,
      description: "\(pool.name): \(trainCount) training and \(validation) validation examples, split at random with "
        + "seed \(seed); \(test.count) test examples as published")
  }

  /// Three published parts; where there is no test part, one of so many examples is taken at random out of the training's.
  ///
  /// - Throws: `DataError` when a part would be empty, when the sets differ in shape, or when memory runs out.
  init(
    published train: Dataset, validation: Dataset, test: Dataset?, drawnTest: Int, seed: UInt64,
    standardisation mode: Standardisation.Mode
  ) throws(DataError) {
    try Self.requireAlike(train, validation, "validation")
    if let test {
      try Self.requireAlike(train, test, "test")
      try self.init(
        train: train, validation: validation, test: test, standardisation: mode,
        description: "\(train.name): \(train.count) training, \(validation.count) validation and \(test.count) test "
          + "examples as published")
      return
    }
    try Self.check(train, validation: drawnTest, test: 0)
    let order = Self.order(of: train, seed: seed)
    let trainCount = train.count - drawnTest
    try self.init(
      train: train.subset(Array(order[..<trainCount])), validation: validation,
      test: train.subset(Array(order[trainCount...])), standardisation: mode,
      description: "\(train.name): \(trainCount) training and \(drawnTest) test examples, split at random with seed "
        + "\(seed); \(validation.count) validation examples as published")
  }

  private static func requireAlike(_ train: Dataset, _ other: Dataset, _ part: String) throws(DataError) {
    guard train.exampleShape == other.exampleShape, train.targets.outputCount == other.targets.outputCount else {
      throw DataError(
        .inconsistent,
        "\(train.name): training examples have the shape \(train.exampleShape), \(part) examples \(other.exampleShape)",
        hint: "use training and \(part) files of the same data set")
    }
  }

  /// Three parts as they are; the standardisation is fitted on the first and applied to all.
  ///
  /// - Throws: `DataError` when memory runs out.
  public init(
    train: consuming Dataset, validation: consuming Dataset, test: consuming Dataset,
    standardisation mode: Standardisation.Mode, description: String
  ) throws(DataError) {
    let standardisation = Standardisation(fitting: train.features, mode, offsets: train.offsets)
    standardisation.finish(&train)
    standardisation.finish(&validation)
    standardisation.finish(&test)
    self.train = train
    self.validation = validation
    self.test = test
    self.standardisation = standardisation
    self.description = "\(description); \(standardisation.description)"
  }

  private static func check(_ pool: Dataset, validation: Int, test: Int) throws(DataError) {
    // Not the sum: any number may be asked for.
    guard validation > 0, test >= 0, test < pool.count, validation < pool.count - test else {
      let parts = test > 0 ? "\(validation) validation and \(test) test examples" : "\(validation) validation examples"
      throw DataError(
        .invalidArgument, "\(pool.name): \(parts) out of \(pool.count) leave a part empty",
        hint: "ask for at least 1 and fewer than \(max(pool.count - test, 2))")
    }
  }

  private static func order(of pool: Dataset, seed: UInt64) -> [Int32] {
    var stream = RandomStream(seed: seed, name: "split")
    return stream.permutation(of: 0..<Int32(pool.count))
  }
}
