public import BatchTraining

/// Learning rate and batch size over a training that has yet to begin, as a table and as charts.
public struct ScheduleReport: Sendable {
  /// What holds for the update at a position.
  public struct Moment: Sendable, Hashable {
    /// The position.
    public let position: TrainingPosition
    /// The number of examples that the update averages.
    public let batchSize: Int
    /// The learning rate of the update.
    public let learningRate: Double
  }

  /// The rows of the table: evenly spaced, with the epochs at which rate or batch size jump, and the end of training.
  public let rows: [Moment]
  /// The points of the curves, ascending; a jump at the start of an epoch has a point on either side.
  public let curve: [Moment]

  /// Looks at a training of so many epochs.
  ///
  /// The functions are asked from the first example to the end of training, at which there is no update any more. Jumps
  /// are looked for at the start of every epoch; of more than 10 000 at no more than that, evenly spread.
  public init(
    epochs: Int, examplesPerEpoch: Int, batchSize: (TrainingPosition) -> Int,
    learningRate: (TrainingPosition) -> Double
  ) {
    precondition(epochs > 0 && examplesPerEpoch > 0, "\(epochs) epochs of \(examplesPerEpoch) examples")
    let total = epochs * examplesPerEpoch
    func moment(_ examples: Int) -> Moment {
      let position = TrainingPosition(
        examples: examples, examplesPerEpoch: examplesPerEpoch, totalExamples: total)
      return Moment(position: position, batchSize: batchSize(position), learningRate: learningRate(position))
    }
    let distance = (epochs - 1) / Self.jumpLimit + 1
    let jumps = stride(from: distance, to: epochs, by: distance).map { $0 * examplesPerEpoch }.filter { examples in
      moment(examples).isJump(after: moment(examples - 1), before: moment(examples + 1))
    }
    let spacing = Self.rowSpacing(epochs: epochs) * Double(examplesPerEpoch)
    let even = (0...Int(Double(total) / spacing)).map { min(total, Int((Double($0) * spacing).rounded())) }
    rows = Set(even + jumps + [total]).sorted().map(moment)
    let fine = (0...Self.curveSpan).map { Int(Double(total) * Double($0) / Double(Self.curveSpan)) }
    curve = Set(fine + jumps + jumps.map { $0 - 1 }).sorted().map(moment)
  }

  private static var curveSpan: Int { 400 }
  /// The most epochs at which a jump is looked for.
  private static var jumpLimit: Int { 10_000 }

  /// The epochs between two rows: 1, 2 or 5 times a power of ten, so that there are at most 40 rows.
  private static func rowSpacing(epochs: Int) -> Double {
    var power = 0.01
    while true {
      for multiple in [1.0, 2, 5] where Double(epochs) / (multiple * power) <= 40 { return multiple * power }
      power *= 10
    }
  }

  /// A row for each of ``rows``.
  public var table: TextTable {
    TextTable(
      rows,
      fields: [
        .number("epoch", "epoch", { $0.position.epoch }, as: { NumberFormat.fixed($0, decimals: 2) }),
        .integer("examples", "examples") { $0.position.examples },
        .integer("batch_size", "batch") { $0.batchSize },
        .number("learning_rate", "rate", { $0.learningRate }, as: { NumberFormat.significant($0, digits: 3) }),
      ])
  }
}

extension ScheduleReport.Moment {
  /// Whether the batch size differs from the example before, or the rate by more than a smooth schedule would have it.
  fileprivate func isJump(after earlier: Self, before later: Self) -> Bool {
    let change = abs(learningRate - earlier.learningRate)
    let isSteep = change > 4 * abs(later.learningRate - learningRate)
    return batchSize != earlier.batchSize
      || isSteep && change > 0.01 * max(abs(learningRate), abs(earlier.learningRate))
  }
}
