@testable import BatchFoundation
@testable import BatchProfiling

/// Series of noise about zero, of the kinds that a machine makes.
struct SyntheticNoise {
  enum Kind: String, CaseIterable {
    /// Independent and normal.
    case white
    /// Independent with heavy tails: one in twenty is ten times as large.
    case spikes
    /// Of first order, with a correlation of a half between neighbours.
    case autocorrelated
    /// White noise on a slope of four standard deviations from the first to the last.
    case drifting
  }

  private let kind: Kind
  private var random: RandomStream

  init(_ kind: Kind, seed: UInt64) {
    self.kind = kind
    random = RandomStream(seed: seed, name: "noise")
  }

  mutating func series(_ count: Int) -> [Double] {
    var last = random.normal()
    return (0..<count).map { i in
      let value = random.normal()
      switch kind {
      case .white: return value
      case .spikes: return random.integer(below: 20) == 0 ? 10 * value : value
      case .autocorrelated:
        last = 0.5 * last + 0.75.squareRoot() * value
        return last
      case .drifting: return value + 4 * (Double(i) / Double(count - 1) - 0.5)
      }
    }
  }
}
