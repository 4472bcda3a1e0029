/// Where in training an update stands, counted in examples, so that it means the same at every batch size.
public struct TrainingPosition: Sendable, Hashable {
  /// The number of examples seen before the update.
  public var examples: Int
  /// The number of examples in the training part: what one epoch shows.
  public var examplesPerEpoch: Int
  /// The number of examples that the whole training shows.
  public var totalExamples: Int

  /// A position; an epoch and the whole training have at least one example.
  public init(examples: Int, examplesPerEpoch: Int, totalExamples: Int) {
    precondition(
      examples >= 0 && examplesPerEpoch > 0 && totalExamples > 0,
      "\(examples) of \(totalExamples) examples, \(examplesPerEpoch) an epoch")
    self.examples = examples
    self.examplesPerEpoch = examplesPerEpoch
    self.totalExamples = totalExamples
  }

  /// The number of passes over the training part so far; a fraction within one.
  public var epoch: Double { Double(examples) / Double(examplesPerEpoch) }

  /// The share of the training that is done, from 0 to 1; 1 also beyond its planned end.
  public var share: Double { min(1, Double(examples) / Double(totalExamples)) }
}
