public import BatchFoundation

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

/// A stretch of training from its start, written as text: `5` is five epochs, `5%` a twentieth of the training.
///
/// Neither depends on the batch size, as a number of updates would.
public enum TrainingLength: TextCoded {
  /// So many passes over the training part; a fraction ends within one.
  case epochs(Double)
  /// So many hundredths of the whole training.
  case percent(Double)

  /// Reads a number of epochs, or hundredths of training with a `%` behind them.
  ///
  /// - Throws: ``ScheduleError`` for anything but a number of at least 0, or hundredths above 100.
  public init(_ text: String) throws(ScheduleError) {
    let isPercent = text.hasSuffix("%")
    guard let number = SettingNumber.read(isPercent ? text.dropLast() : text[...]) else {
      throw .unreadable(text: text, reason: "it is not a length of training", usage: Self.usage)
    }
    self = isPercent ? .percent(number) : .epochs(number)
    do {
      try require("a length of training", allowsZero: true)
    } catch {
      throw .unreadable(text: text, reason: error.reason, usage: Self.usage)
    }
  }

  private static var usage: String { "epochs, as in 5, or a share of training, as in 5%" }

  public var description: String {
    switch self {
    case .epochs(let count): SettingNumber.plain(count)
    case .percent(let hundredths): SettingNumber.plain(hundredths) + "%"
    }
  }

  /// The number of examples it lasts in the training that a position belongs to; a fraction is possible.
  public func exampleCount(at position: TrainingPosition) -> Double {
    switch self {
    case .epochs(let count): count * Double(position.examplesPerEpoch)
    case .percent(let hundredths): hundredths * Double(position.totalExamples) / 100
    }
  }

  /// Whether it is over at a position.
  ///
  /// Lengths are rounded to whole examples, so that the last digit of a fraction cannot shift a milestone by an update.
  public func isReached(at position: TrainingPosition) -> Bool {
    Double(position.examples) + 0.5 >= exampleCount(at: position)
  }
}

extension TrainingLength {
  /// Throws unless it is a length at all, and above zero where that is asked for.
  func require(_ name: String, allowsZero: Bool = false) throws(ScheduleError) {
    let number: Double
    switch self {
    case .epochs(let count): number = count
    case .percent(let hundredths):
      number = hundredths
      guard !(hundredths > 100) else { throw .senseless("\(name) must be at most 100%, not \(self)") }
    }
    guard number.isFinite, allowsZero ? number >= 0 : number > 0 else {
      throw .senseless("\(name) must be \(allowsZero ? "0 or more" : "above 0"), not \(self)")
    }
  }
}
