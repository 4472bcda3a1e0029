/// Where the updates of a run end, whose short last batches are kept, without walking through them.
struct BranchClock {
  /// The number of training examples.
  let examplesPerEpoch: Int

  /// The first update of `batch` examples that ends at least `distance` examples, one or more, after `start` examples of
  /// the run: its number and the number of examples, both counted from there.
  func end(of batch: Int, from start: Int, atLeast distance: Int) -> (updates: Int, examples: Int) {
    let (goal, epochEnd) = (start + distance, (start / examplesPerEpoch + 1) * examplesPerEpoch)
    // No batch goes beyond the end of its epoch.
    guard goal > epochEnd else {
      let updates = Self.quotient(distance, batch)
      return (updates, min(start + updates * batch, epochEnd) - start)
    }
    let epochStart = (goal - 1) / examplesPerEpoch * examplesPerEpoch
    let before =
      Self.quotient(epochEnd - start, batch)
      + (epochStart - epochEnd) / examplesPerEpoch * Self.quotient(examplesPerEpoch, batch)
    let updates = Self.quotient(goal - epochStart, batch)
    return (before + updates, min(epochStart + updates * batch, epochStart + examplesPerEpoch) - start)
  }

  /// The quotient of two numbers above zero, rounded up.
  private static func quotient(_ dividend: Int, _ divisor: Int) -> Int { (dividend - 1) / divisor + 1 }
}
