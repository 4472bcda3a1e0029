import BatchAlgebra
import BatchData
import BatchFoundation

/// A number that tells data sets apart: FNV-1a over 64-bit words of all features and targets.
enum DataFingerprint {
  static func of(_ splits: DataSplits) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in [splits.train, splits.validation, splits.test] {
      add(UInt64(part.count), to: &hash)
      part.features.withView { view in
        let bytes = UnsafeRawBufferPointer(
          start: view.baseAddress, count: part.features.count * MemoryLayout<Float>.size)
        add(bytes, to: &hash)
      }
      switch part.targets {
      case .classes(let labels, _): labels.withUnsafeBytes { add($0, to: &hash) }
      case .values(let values):
        values.withView { view in
          add(
            UnsafeRawBufferPointer(start: view.baseAddress, count: values.count * MemoryLayout<Float>.size), to: &hash)
        }
      }
    }
    return String(zeroPadding: hash, to: 16, radix: 16)
  }

  private static func add(_ bytes: UnsafeRawBufferPointer, to hash: inout UInt64) {
    let words = bytes.count / 8
    for word in 0..<words { add(bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self), to: &hash) }
    for byte in bytes[(words * 8)...] { add(UInt64(byte), to: &hash) }
  }

  private static func add(_ word: UInt64, to hash: inout UInt64) {
    hash = (hash ^ word) &* 0x0000_0100_0000_01b3
    // FNV spreads bytes upwards only; a shift lets the high half of a word reach the low bits.
    hash ^= hash >> 32
  }
}
