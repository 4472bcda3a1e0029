public import BatchFoundation
import Glibc

/// Which updates of a training are observed, written as text: `every:10`, `log:8`, `epochs`, `shares:20`.
///
/// | text | observed are |
/// |---|---|
/// | `every:K` | the first update, and those whose number is a multiple of K |
/// | `log:K` | about K in each doubling of their number: those n at which K·log₂n comes to a new whole number |
/// | `epochs` | the first of each epoch |
/// | `shares:K` | the first of each of K equal parts of the training |
///
/// Each of them begins a stretch of so many in a row, one unless told otherwise: `epochs:16` observes the first 16
/// updates of each epoch. What has an interval needs some: a noise scale at least 8.
public struct ObservationSchedule: TextCoded {
  /// What the distances between observations are counted in.
  public enum Rhythm: Sendable, Hashable {
    /// So many updates from one to the next.
    case updates(Int)
    /// So many in each doubling of the number of updates.
    case doublings(Int)
    /// One in each epoch.
    case epochs
    /// So many in the whole training, at equal distances.
    case shares(Int)
  }

  /// Where stretches of observed updates begin.
  public let rhythm: Rhythm
  /// The number of updates in such a stretch.
  public let inARow: Int

  /// Stretches of `inARow` updates that begin in a rhythm.
  ///
  /// - Throws: ``ScheduleError`` for numbers below 1.
  public init(_ rhythm: Rhythm, inARow: Int = 1) throws(ScheduleError) {
    switch rhythm {
    case .updates(let count), .doublings(let count), .shares(let count):
      guard Self.counts ~= count else {
        throw .senseless("observations need a number of 1 to \(Self.counts.upperBound), not \(count)")
      }
    case .epochs: break
    }
    guard Self.counts ~= inARow else {
      throw .senseless("1 to \(Self.counts.upperBound) updates can be observed in a row, not \(inARow)")
    }
    self.init(valid: rhythm, inARow)
  }

  /// More is more than every update.
  private static var counts: ClosedRange<Int> { 1...1_000_000_000 }

  private init(valid rhythm: Rhythm, _ inARow: Int) {
    self.rhythm = rhythm
    self.inARow = inARow
  }

  /// Every update.
  public static let everyUpdate = ObservationSchedule(valid: .updates(1), 1)

  /// The number of the part of the training that an update lies in, which never falls: the first update of each part is
  /// observed.
  public func part(at position: TrainingPosition, update: Int) -> Int {
    switch rhythm {
    case .updates(let count): update / count
    // Powers of two are whole numbers to the last bit of a logarithm, or nearly.
    case .doublings(let count): Int((Double(count) * log2(Double(update)) + 1e-9).rounded(.down))
    case .epochs: position.examples / position.examplesPerEpoch
    case .shares(let count): Int((Double(count) * position.share + 1e-9).rounded(.down))
    }
  }

  /// Reads the text of a schedule.
  ///
  /// - Throws: ``ScheduleError/unreadable(text:reason:usage:)`` that says what is not understood and how it is written.
  public init(_ text: String) throws(ScheduleError) {
    var fields = SettingFields(text)
    do throws(ScheduleError) {
      let rhythm: Rhythm
      switch fields.name {
      case "every": rhythm = .updates(try fields.count("the distance in updates"))
      case "log": rhythm = .doublings(try fields.count("the number in a doubling"))
      case "epochs": rhythm = .epochs
      case "shares": rhythm = .shares(try fields.count("the number of shares"))
      default: throw .senseless("'\(fields.name)' is no schedule of observations")
      }
      let inARow = fields.isAtEnd ? 1 : try fields.count("the number of updates in a row")
      try fields.requireEnd()
      try self.init(rhythm, inARow: inARow)
    } catch {
      throw .unreadable(text: text, reason: error.reason, usage: Self.usage)
    }
  }

  private static var usage: String {
    "every:10, log:8, epochs or shares:20, with the number of updates in a row behind it where it is not 1"
  }

  public var description: String {
    let name =
      switch rhythm {
      case .updates(let count): "every:\(count)"
      case .doublings(let count): "log:\(count)"
      case .epochs: "epochs"
      case .shares(let count): "shares:\(count)"
      }
    return inARow == 1 ? name : "\(name):\(inARow)"
  }
}
