public import BatchFoundation

/// The batch sizes of a sweep, written as text: `1..2048:x2`, `32..128:8`, `1,7,64`, `full`, or several with commas.
///
/// `a..b:xk` multiplies by k from a while not above b, `a..b:k` adds k, `a..b` adds 1; `full` is all training examples.
public struct BatchAxis: Sendable, Hashable, CustomStringConvertible {
  /// The text the axis was read from.
  public let description: String
  private let fixedSizes: Set<Int>
  /// Whether `full` is among the sizes.
  public let includesFullBatch: Bool

  /// The most sizes an axis may have.
  public static var limit: Int { 10_000 }

  /// Reads an axis.
  ///
  /// - Throws: ``BatchAxisError`` that names the part that is not understood.
  public init(_ text: String) throws(BatchAxisError) {
    var sizes: Set<Int> = []
    var full = false
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      if part == "full" {
        full = true
      } else {
        for size in try Self.sizes(of: part) { sizes.insert(size) }
      }
    }
    guard sizes.count <= Self.limit else { throw .tooLong(text: text, count: sizes.count) }
    description = text
    fixedSizes = sizes
    includesFullBatch = full
  }

  /// The sizes in ascending order, each once; `full` stands for the given number of examples.
  public func sizes(fullBatch: Int) -> [Int] {
    (includesFullBatch ? fixedSizes.union([fullBatch]) : fixedSizes).sorted()
  }

  private static func sizes(of part: Substring) throws(BatchAxisError) -> [Int] {
    guard let dots = part.firstRange(of: "..") else { return [try size(part, in: part)] }
    let lower = try size(part[..<dots.lowerBound], in: part)
    let rest = part[dots.upperBound...].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let upper = try size(rest[0], in: part)
    guard lower <= upper else { throw .notUnderstood(part: String(part), reason: "\(lower) is above \(upper)") }
    guard rest.count > 1, rest[1].first == "x" else {
      let step = rest.count > 1 ? try size(rest[1], in: part) : 1
      guard (upper - lower) / step < limit else {
        throw .tooLong(text: String(part), count: (upper - lower) / step + 1)
      }
      return Array(stride(from: lower, through: upper, by: step))
    }
    let factor = try size(rest[1].dropFirst(), in: part)
    guard factor >= 2 else { throw .notUnderstood(part: String(part), reason: "a factor must be at least 2") }
    var sizes = [lower]
    while sizes[sizes.count - 1] <= upper / factor { sizes.append(sizes[sizes.count - 1] * factor) }
    return sizes
  }

  private static func size(_ text: Substring, in part: Substring) throws(BatchAxisError) -> Int {
    guard let size = Int(text) else {
      throw .notUnderstood(part: String(part), reason: "'\(text)' is not a whole number")
    }
    guard size >= 1 else {
      throw .notUnderstood(part: String(part), reason: "a batch size must be at least 1, not \(size)")
    }
    return size
  }
}

/// A batch axis that cannot be read.
public enum BatchAxisError: DiagnosticError, Equatable {
  /// A part that is not a size, a range or `full`.
  case notUnderstood(part: String, reason: String)
  /// More sizes than anybody wants to wait for.
  case tooLong(text: String, count: Int)

  public var diagnosis: Diagnosis {
    switch self {
    case .notUnderstood(let part, let reason):
      Diagnosis(
        .usage, "batch sizes '\(part)': \(reason)",
        hint: "write for example 32..1024:x2, 32..128:8, 1,7,64 or full")
    case .tooLong(let text, let count):
      Diagnosis(
        .usage, "batch sizes '\(text)': \(count) sizes are more than \(BatchAxis.limit)", hint: "use a larger step")
    }
  }
}
