public import BatchData
public import BatchFormats
public import BatchTraining

extension Checkpoint {
  /// The key under which the metadata of a run's checkpoints hold the fingerprint of its examples.
  static var dataFingerprintKey: String { "data-fingerprint" }

  /// The examples of the run, which must be those that it was trained on: every feature, every label and their order.
  ///
  /// Which of the examples were held back from training is known of no others: a score on them would mean nothing.
  /// Checkpoints that tell no fingerprint, as those of earlier versions, are only held to shape, classes and scaling.
  ///
  /// - Throws: `DataError` when they cannot be read, or are not what they were.
  public func examples(of run: RunDescription) throws(DataError) -> DataSplits {
    let splits = try run.loadUnchanged()
    guard metadata[Self.dataFingerprintKey].map({ $0 == Fingerprint.of(splits) }) ?? true else {
      throw DataError(
        .inconsistent, path: run.data,
        "the examples are not those of the training: features, labels or their order "
          + "have changed",
        hint: "give the data that the run was trained on, or predict from a file of features")
    }
    return splits
  }
}
