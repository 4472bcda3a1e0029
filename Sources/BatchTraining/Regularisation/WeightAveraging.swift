public import BatchFoundation

/// A mean of the weights over updates, kept beside them and often better than the last ones; see ``WeightAverager``.
///
/// As text: `ema:0.999`; `swa:75%` or `swa:75%:1` with the distance, both lengths as in ``TrainingLength``.
public enum WeightAveraging: TextCoded {
  /// An exponential moving average over all updates: a ← d·a + (1 − d)·w after each, d the decay.
  ///
  /// It starts as the weights after the first update, as `torch.optim.swa_utils.AveragedModel` with
  /// `get_ema_multi_avg_fn` does: a mean of weights at any time, with nothing to correct for a start at zero. About 1 /
  /// (1 − d) updates count.
  case ema(decay: Double)
  /// The plain mean of the weights at some moments: the first once `from` is reached, then one each time that `every`
  /// has passed (Izmailov et al. 2018, algorithm 1): a ← a + (w − a) / (n + 1), as `AveragedModel` does it.
  case swa(from: TrainingLength, every: TrainingLength)

  /// The moments of ``swa(from:every:)`` unless told otherwise: an epoch apart.
  public static var defaultDistance: TrainingLength { .epochs(1) }

  /// A plain mean over the epochs' ends from a moment on.
  public static func swa(from start: TrainingLength) -> WeightAveraging { .swa(from: start, every: defaultDistance) }

  public init(_ text: String) throws(RegularisationError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let unknown = RegularisationError(
      "unknown averaging '\(text)': write ema:DECAY or swa:START or swa:START:DISTANCE, as in ema:0.999 or swa:75%")
    switch (parts[0], parts.count) {
    case ("ema", 2):
      guard let decay = SettingNumber.read(parts[1]) else { throw unknown }
      self = .ema(decay: decay)
    case ("swa", 2...3):
      do {
        let start = try TrainingLength(String(parts[1]))
        self = .swa(from: start, every: parts.count == 3 ? try TrainingLength(String(parts[2])) : Self.defaultDistance)
      } catch {
        throw unknown
      }
    default: throw unknown
    }
    try requireValid()
  }

  public var description: String {
    switch self {
    case .ema(let decay): "ema:\(SettingNumber.plain(decay))"
    case .swa(let start, let distance): "swa:\(start)" + (distance == Self.defaultDistance ? "" : ":\(distance)")
    }
  }

  /// Checks the settings.
  ///
  /// - Throws: ``RegularisationError`` for a decay outside 0 ..< 1 or a length that makes no sense.
  public func requireValid() throws(RegularisationError) {
    switch self {
    case .ema(let decay):
      guard decay >= 0, decay < 1 else {
        throw RegularisationError(
          "the decay of an average must be at least 0 and below 1, not \(SettingNumber.plain(decay))")
      }
    case .swa(let start, let distance):
      do {
        try start.require("the start of the averaging", allowsZero: true)
        try distance.require("the distance of averaged weights")
      } catch {
        throw RegularisationError(error.description)
      }
    }
  }

  /// Whether the weights after an update enter the average; the training stood at `start` before it, and stands at
  /// `end` where it goes on.
  ///
  /// What an epoch leaves out or repeats at its end lies between the two: no moment there is missed or comes twice.
  public func includes(updateFrom start: TrainingPosition, to end: TrainingPosition) -> Bool {
    switch self {
    case .ema: return true
    case .swa(let first, let distance):
      // Half an example more, since lengths are rounded to whole ones.
      func passed(_ position: TrainingPosition) -> Double {
        let since = Double(position.examples) + 0.5 - first.exampleCount(at: position)
        return since < 0 ? -1 : (since / distance.exampleCount(at: position)).rounded(.down)
      }
      return passed(end) > passed(start)
    }
  }

  /// How far the average goes towards the weights when `count` weights are in it.
  func share(after count: Int) -> Double {
    switch self {
    case .ema(let decay): 1 - decay
    case .swa: 1 / Double(count + 1)
    }
  }
}
