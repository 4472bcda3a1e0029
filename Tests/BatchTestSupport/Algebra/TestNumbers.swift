/// A reproducible sequence of numbers for tests: SplitMix64 (Steele, Lea & Flood 2014) from a seed.
public struct TestNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// The sequence that belongs to `seed`.
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next number, evenly spread over −`bound` … `bound`.
  public mutating func uniform(_ bound: Double = 1) -> Double {
    (Double(next() >> 11) / 4_503_599_627_370_496 - 1) * bound
  }

  /// The next `count` numbers, evenly spread over −`bound` … `bound` and representable in `S`.
  public mutating func uniform<S: BinaryFloatingPoint>(count: Int, _ bound: Double = 1, as type: S.Type) -> [S] {
    (0..<count).map { _ in S(uniform(bound)) }
  }
}
