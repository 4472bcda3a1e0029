import Glibc

/// A named stream of random numbers: the same seed, name and index give the same numbers on every machine.
///
/// Philox 4×32 with ten rounds (Salmon et al. 2011, §3): a counter put through a keyed permutation. The key is made of
/// the seed, the name and the index, so that streams with different names or indices have nothing to do with each
/// other, and the state is a key and a counter that a checkpoint can hold.
public struct RandomStream: RandomNumberGenerator, Sendable, Hashable, Codable {
  private let key: UInt64
  /// The number of 64-bit numbers drawn so far.
  private var drawn: UInt64 = 0

  /// The stream of a seed and a name; the index tells apart streams of one name, as those of different epochs.
  public init(seed: UInt64, name: String, index: UInt64 = 0) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    key = Self.mix(Self.mix(Self.mix(seed) ^ hash) ^ index)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let block = Philox.block(counter: (drawn / 2, 0), key: key)
    defer { drawn += 1 }
    return drawn % 2 == 0 ? block.0 : block.1
  }

  /// A number from 0 up to but not including 1, uniform on the multiples of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A normal number with mean 0 and variance 1 (Box & Muller 1958).
  public mutating func normal() -> Double {
    // 1 − u lies above 0, where the logarithm is finite.
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// Puts the values into a random order, all orders being equally likely (Fisher & Yates; Durstenfeld 1964).
  public mutating func shuffle(_ values: UnsafeMutableBufferPointer<Int32>) {
    guard values.count > 1 else { return }
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, Int(next(upperBound: UInt64(last + 1))))
    }
  }

  /// The finaliser of SplitMix64, a permutation of 64 bits whose outputs look unrelated.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
