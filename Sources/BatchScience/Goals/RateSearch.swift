import BatchFoundation
import Glibc

/// A search for the learning rate, and where asked the momentum, with which a batch size gets to its goal soonest.
///
/// Points of a quasi-random sequence (Halton 1960) fill a box of log rates about a first guess, in which a few points lie
/// better apart than random ones (Bousquet et al. 2017, arXiv 1706.03200). Where the best rate is an outermost one the box
/// grows beyond it, until rates on both sides have done worse: a best rate at the edge of its grid says nothing (Shallue
/// et al. 2019, §4).
public struct RateSearch: Sendable, Hashable, Codable {
  /// How many points the first box has.
  public var count: Int
  /// By what factor the first box reaches either way, and each one that is added beyond.
  public var reach: Double
  /// The range of the momentum; nil where it is not searched.
  public var momentum: ClosedRange<Double>?
  /// Moves all points by the same random part of the box; nil to begin with the guess itself.
  public var seed: UInt64?
  /// How many points there are at most.
  public var mostPoints: Int
  /// By what share an outermost rate may be better than its neighbour for the search to end with it all the same.
  public var indifference: Double

  /// The small search that a recommendation and its verification have in common: the guess, half and twice of it, and
  /// on in the direction that is better.
  ///
  /// Seeds scatter by more than the twentieth by which it goes on.
  public static let small = RateSearch(count: 3, reach: 4, mostPoints: 8, indifference: 0.05)

  /// A search with all of its parts.
  public init(
    count: Int, reach: Double, momentum: ClosedRange<Double>? = nil, seed: UInt64? = nil, mostPoints: Int,
    indifference: Double = 0
  ) {
    self.count = count
    self.reach = reach
    self.momentum = momentum
    self.seed = seed
    self.mostPoints = mostPoints
    self.indifference = indifference
  }

  /// A rate that is to be tried, with its momentum.
  public struct Point: Sendable, Hashable {
    /// The learning rate.
    public var learningRate: Double
    /// The momentum; nil where it is not searched.
    public var momentum: Double?
  }

  /// How a point did.
  public struct Trial: Sendable, Hashable {
    /// The point.
    public var point: Point
    /// The number of updates to the goal; nil where it was not reached.
    public var steps: Double?

    /// A point and how it did.
    public init(_ point: Point, steps: Double?) {
      self.point = point
      self.steps = steps
    }
  }

  /// The best of some trials; nil where none has reached the goal.
  public static func best(of trials: [Trial]) -> Trial? {
    trials.filter { $0.steps != nil }.min { ($0.steps ?? .infinity) < ($1.steps ?? .infinity) }
  }

  /// Whether rates below and above the best one have done worse.
  public static func isInterior(_ trials: [Trial]) -> Bool {
    guard let best = best(of: trials) else { return false }
    return trials.contains { $0.point.learningRate < best.point.learningRate }
      && trials.contains { $0.point.learningRate > best.point.learningRate }
  }

  /// The point that follows on those that were tried, from a guess of the rate; nil when the search is over.
  public func next(after trials: [Trial], guess: Double) -> Point? {
    guard trials.count < mostPoints else { return nil }
    if trials.count < count { return untried(trials, of: log(guess), reach: log(reach)) }
    guard !Self.isInterior(trials), !isFlat(trials) else { return nil }
    let rates = trials.map(\.point.learningRate)
    guard let lowest = rates.min(), let highest = rates.max() else { return nil }
    // Where nothing gets there, rates beyond both ends are tried in turn.
    let goesUp = Self.best(of: trials).map { $0.point.learningRate == highest } ?? (trials.count % 2 == 0)
    let edge = log(goesUp ? highest : lowest)
    let half = log(reach) / 2
    let middle = edge + (goesUp ? half : -half)
    guard seed == nil else { return untried(trials, of: middle, reach: half) }
    let point = point(trials.count, of: middle, reach: half, isMiddle: true)
    return trials.contains { $0.point == point } ? nil : point
  }

  /// The next point of the sequence that is none of those that were tried, which three digits may make of it.
  private func untried(_ trials: [Trial], of middle: Double, reach: Double) -> Point? {
    (trials.count..<trials.count + 1000).lazy.map { point($0, of: middle, reach: reach) }.first { point in
      !trials.contains { $0.point == point }
    }
  }

  /// Whether the best rate, an outermost one, is hardly better than its neighbour.
  private func isFlat(_ trials: [Trial]) -> Bool {
    guard indifference > 0, let best = Self.best(of: trials), let steps = best.steps else { return false }
    func distance(_ trial: Trial) -> Double { abs(log(trial.point.learningRate / best.point.learningRate)) }
    let others = trials.filter { $0.point.learningRate != best.point.learningRate }
    return others.min { distance($0) < distance($1) }?.steps.map { $0 <= (1 + indifference) * steps } ?? false
  }

  /// A point of the sequence in a box about a logarithm of the rate.
  private func point(_ index: Int, of middle: Double, reach: Double, isMiddle: Bool = false) -> Point {
    let place = isMiddle ? 0.5 : rotated(radicalInverse(index + 1, base: 2), 0)
    let rate = exp(middle + (2 * place - 1) * reach)
    return Point(
      learningRate: Self.readable(rate),
      momentum: momentum.map { range in
        // In the logarithm of 1 - momentum, as Shallue et al. have it.
        let place = rotated(radicalInverse(index + 1, base: 3), 1)
        let (low, high) = (log(1 - range.upperBound), log(1 - range.lowerBound))
        return 1 - exp(low + place * (high - low))
      })
  }

  /// A rate to three digits, which are enough, and read well.
  static func readable(_ rate: Double) -> Double {
    guard rate > 0, rate.isFinite else { return rate }
    // A quotient of whole numbers is the number that its three digits read as.
    let exponent = Int(floor(log10(rate))) - 2
    let digits = (rate / pow(10, Double(exponent))).rounded()
    return exponent < 0 ? digits / pow(10, Double(-exponent)) : digits * pow(10, Double(exponent))
  }

  private func rotated(_ place: Double, _ dimension: UInt64) -> Double {
    guard let seed else { return place }
    var random = RandomStream(seed: seed, name: "search", index: dimension)
    let moved = place + random.uniform()
    return moved - floor(moved)
  }

  /// The digits of a number behind the point, in reverse: 1/2, 1/4, 3/4, 1/8 … for base 2.
  private func radicalInverse(_ number: Int, base: Int) -> Double {
    var (rest, place, value) = (number, 1.0, 0.0)
    while rest > 0 {
      place /= Double(base)
      value += place * Double(rest % base)
      rest /= base
    }
    return value
  }
}
