/// The batch sizes for which a product is computed in one of two ways: all multiples of a number between two bounds.
public struct BatchRange: Sendable, Hashable, Codable {
  /// The smallest batch.
  public var from: Int
  /// The largest batch.
  public var through: Int
  /// What the batch is a multiple of.
  public var multiple: Int

  /// The multiples of `multiple` between two bounds, both included.
  public init(from: Int, through: Int = .max, multiplesOf multiple: Int = 1) {
    self.from = from
    self.through = through
    self.multiple = multiple
  }

  /// No batch at all.
  public static let none = BatchRange(from: 1, through: 0)

  /// Whether a batch is among them.
  public func contains(_ batch: Int) -> Bool { batch >= from && batch <= through && batch % multiple == 0 }
}

extension BatchRange {
  /// Reads a range; one that no batch can be asked about is refused.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      from: try values.decode(.from, atLeast: 1), through: try values.decode(.through, atLeast: 0),
      multiplesOf: try values.decode(.multiple, atLeast: 1))
  }
}

extension KeyedDecodingContainer {
  /// A whole number that is no smaller than another.
  func decode(_ key: Key, atLeast least: Int) throws -> Int {
    let value = try decode(Int.self, forKey: key)
    guard value >= least else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "it is \(value), and at least \(least)")
    }
    return value
  }
}

extension BatchRange: CustomStringConvertible {
  /// `none`, `16...`, `4...256` or `4...256/4`, as ``init(_:)`` reads it.
  public var description: String {
    guard from <= through else { return "none" }
    return "\(from)..." + (through == .max ? "" : "\(through)") + (multiple == 1 ? "" : "/\(multiple)")
  }

  /// The range that a text stands for; nil for a text that ``description`` does not write.
  public init?(_ text: some StringProtocol) {
    self = .none
    if text == "none" { return }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let dots = parts[0].firstRange(of: "..."), let from = Int(parts[0][..<dots.lowerBound]) else { return nil }
    let end = parts[0][dots.upperBound...]
    guard let through = end.isEmpty ? Int.max : Int(end), let multiple = parts.count == 1 ? 1 : Int(parts[1]),
      from >= 1, through >= from, multiple >= 1
    else { return nil }
    self.init(from: from, through: through, multiplesOf: multiple)
    guard description == text else { return nil }
  }
}
