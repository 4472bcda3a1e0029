/// The block function Philox4x32-10: a keyed bijection of 128-bit counters whose outputs look random.
///
/// Ten rounds of two 32×32 → 64-bit products. Nothing is carried from one block to the next, so any block of any
/// stream can be computed on its own. Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, *Parallel random
/// numbers: as easy as 1, 2, 3*, SC 2011.
enum Philox {
  /// The four output words for a counter and a key.
  static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let a = counter.x.multipliedFullWidth(by: 0xD251_1F53)
      let b = counter.z.multipliedFullWidth(by: 0xCD9E_8D57)
      counter = SIMD4(b.high ^ counter.y ^ key.x, b.low, a.high ^ counter.w ^ key.y, a.low)
      // Weyl sequences of the golden ratio and of √3 − 1.
      key = SIMD2(key.x &+ 0x9E37_79B9, key.y &+ 0xBB67_AE85)
    }
    return counter
  }
}

extension UInt64 {
  /// The low and the high half.
  var halves: SIMD2<UInt32> { SIMD2(UInt32(truncatingIfNeeded: self), UInt32(truncatingIfNeeded: self >> 32)) }

  /// A number from its low and its high half.
  init(low: UInt32, high: UInt32) { self = UInt64(high) << 32 | UInt64(low) }
}
