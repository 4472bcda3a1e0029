/// Dropout one element at a time, from Philox4x32-10 as its paper writes it.
public enum NaiveDropout {
  /// What each element of a matrix is multiplied by, row after row.
  public static func mask(
    rows: Int, columns: Int, firstRow: Int, round: UInt64, key: UInt64, rate: Double
  ) -> [Double] {
    (firstRow..<firstRow + rows).flatMap { row in
      (0..<columns).map { j in
        let counter = [
          UInt32(j / 64 * 16 + j % 16), UInt32(row), UInt32(truncatingIfNeeded: round), UInt32(round >> 32),
        ]
        let bits = philox(counter, key: [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)])[j / 16 % 4]
        return Double(bits) < (rate * 0x1p32).rounded() ? 0 : 1 / (1 - rate)
      }
    }
  }

  /// A block of four words.
  public static func philox(_ counter: [UInt32], key: [UInt32]) -> [UInt32] {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let p = UInt64(0xD251_1F53) * UInt64(c[0]), q = UInt64(0xCD9E_8D57) * UInt64(c[2])
      c = [
        UInt32(q >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: q), UInt32(p >> 32) ^ c[3] ^ k[1],
        UInt32(truncatingIfNeeded: p),
      ]
      k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
    }
    return c
  }
}
