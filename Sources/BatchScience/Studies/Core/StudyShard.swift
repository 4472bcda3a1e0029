/// A part of a study's trials, so that several processes or machines measure one study.
///
/// Of `n` shards the trial `k`, counted from 0 in the order of the plan, belongs to the shard `k mod n + 1`. Shards
/// write into one folder, or each into its own, whose trials a report puts together.
public struct StudyShard: Sendable, Hashable, CustomStringConvertible {
  /// The number of the shard, counted from 1.
  public let index: Int
  /// The number of shards.
  public let count: Int

  /// All trials.
  public static let whole = StudyShard(index: 1, count: 1)

  /// A shard.
  public init(index: Int, count: Int) {
    precondition(count >= 1 && (1...count).contains(index), "there is no shard \(index) of \(count)")
    self.index = index
    self.count = count
  }

  /// Reads `2/4`, the second of four shards; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1, (1...count).contains(index) else {
      return nil
    }
    self.init(index: index, count: count)
  }

  /// `2/4`.
  public var description: String { "\(index)/\(count)" }

  /// The shard's trials.
  public func part<Trial>(of trials: [Trial]) -> [Trial] {
    trials.enumerated().filter { $0.offset % count == index - 1 }.map(\.element)
  }
}
