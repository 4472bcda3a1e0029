/// A window of updates with two numbers of each, whose sums are compared: numerator and denominator of a ratio of
/// means.
///
/// Memory does not grow with the window. Where it has more than 1024 entries, neighbours are added to one another: sums
/// stay what they are, and a jackknife leaves out blocks of neighbours anyway.
struct PairSeries: Sendable, Hashable {
  /// The sums of the numbers over ``width`` neighbouring updates each; of the last perhaps of fewer.
  private(set) var entries: [SIMD2<Double>] = []
  /// The number of updates in an entry.
  private(set) var width = 1
  /// The number of updates in all entries.
  private(set) var count = 0
  /// The number of updates that were left out because a number was infinite or NaN.
  private(set) var notFinite = 0
  /// The number of updates that were left out because their batch had one example, whose gradient does not scatter.
  private(set) var ofOne = 0

  private static var mostEntries: Int { 1024 }

  /// Takes the numbers of the next update; what is infinite or NaN is left out and counted.
  mutating func append(_ numerator: Double, over denominator: Double) {
    guard numerator.isFinite, denominator.isFinite else {
      notFinite += 1
      return
    }
    if count == entries.count * width {
      if entries.count == Self.mostEntries { addNeighbours() }
      entries.append(SIMD2(numerator, denominator))
    } else {
      entries[entries.count - 1] += SIMD2(numerator, denominator)
    }
    count += 1
  }

  /// Leaves out an update whose batch had one example.
  mutating func skipBatchOfOne() { ofOne += 1 }

  /// Begins a new window, in the memory of the last.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    (width, count, notFinite, ofOne) = (1, 0, 0, 0)
  }

  /// The sums of both numbers.
  var sums: SIMD2<Double> { entries.reduce(SIMD2(), +) }

  /// Why updates are missing, for a reader of the result; nil where none are.
  var note: String? {
    var parts: [String] = []
    if notFinite > 0 { parts.append("\(notFinite) of \(seen) left out: a gradient was infinite or no number") }
    if ofOne > 0 { parts.append("\(ofOne) of \(seen) left out: a batch of one example does not scatter") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private var seen: Int { count + notFinite + ofOne }

  private mutating func addNeighbours() {
    for index in 0..<entries.count / 2 { entries[index] = entries[2 * index] + entries[2 * index + 1] }
    entries.removeLast(entries.count / 2)
    width *= 2
  }
}

extension PairSeries {
  func write(to state: inout StateWriter) {
    state.write(width)
    state.write(count)
    state.write(notFinite)
    state.write(ofOne)
    state.write(entries.flatMap { [$0.x, $0.y] })
  }

  /// Reads a window; nil where the numbers are none.
  init?(from state: inout StateReader) {
    guard let width = state.integer(), let count = state.integer(), let notFinite = state.integer(),
      let ofOne = state.integer(), let numbers = state.values(), numbers.count.isMultiple(of: 2), width > 0,
      [width, count, notFinite, ofOne].allSatisfy({ $0 < 1 << 40 }),
      numbers.count / 2 == count / width + (count.isMultiple(of: width) ? 0 : 1)
    else { return nil }
    (self.width, self.count, self.notFinite, self.ofOne) = (width, count, notFinite, ofOne)
    entries = stride(from: 0, to: numbers.count, by: 2).map { SIMD2(numbers[$0], numbers[$0 + 1]) }
  }
}
