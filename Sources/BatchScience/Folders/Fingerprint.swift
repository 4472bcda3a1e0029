import BatchAlgebra
public import BatchData
import BatchFoundation

/// A number that tells contents apart: FNV-1a over 64-bit words.
///
/// It finds what has been mixed up or damaged; it is no protection against somebody who wants it to agree.
public struct Fingerprint: Sendable {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The fingerprint of nothing.
  public init() {}

  /// Adds a word.
  public mutating func add(_ word: UInt64) {
    hash = (hash ^ word) &* 0x0000_0100_0000_01b3
    // FNV spreads bytes upwards only; a shift lets the high half of a word reach the low bits.
    hash ^= hash >> 32
  }

  /// Adds bytes: words of eight, and those left over one by one.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let words = bytes.count / 8
    for word in 0..<words { add(bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)) }
    for byte in bytes[(words * 8)...] { add(UInt64(byte)) }
  }

  /// Sixteen hexadecimal digits.
  public var text: String { String(zeroPadding: hash, to: 16, radix: 16) }

  /// The fingerprint of bytes.
  static func of(_ bytes: [UInt8]) -> String {
    var fingerprint = Fingerprint()
    bytes.withUnsafeBytes { fingerprint.add($0) }
    return fingerprint.text
  }

  /// The fingerprint of all features and targets of a data set, which changes with the examples, their order and their
  /// scaling.
  public static func of(_ splits: DataSplits) -> String {
    var fingerprint = Fingerprint()
    for part in [splits.train, splits.validation, splits.test] {
      fingerprint.add(UInt64(part.count))
      fingerprint.add(part.features)
      switch part.targets {
      case .classes(let labels, _): labels.withUnsafeBytes { fingerprint.add($0) }
      case .values(let values): fingerprint.add(values)
      }
    }
    return fingerprint.text
  }

  private mutating func add(_ matrix: Matrix<Float>) {
    matrix.withView { view in
      add(UnsafeRawBufferPointer(start: view.baseAddress, count: matrix.count * MemoryLayout<Float>.size))
    }
  }
}
