public import BatchAlgebra

/// A shift and scale of the features, fitted on the training part and applied alike to every part.
///
/// x ↦ (x − mean) / divisor, the divisor being the standard deviation over the training examples (with 1/N). A constant
/// feature has the divisor 1, so that it becomes 0 and not NaN.
public struct Standardisation: Sendable, Equatable, Codable, CustomStringConvertible {
  /// Over what the mean and deviation are taken.
  public enum Mode: String, Sendable, CaseIterable, Codable {
    /// Features stay as they are read.
    case none
    /// One mean and one deviation for all features: keeps a picture's relative intensities, and does not blow up border
    /// pixels that are nearly always black. The usual choice for pictures.
    case global
    /// A mean and a deviation a feature: puts columns with different units on one scale. The usual choice for tables.
    case perFeature
  }

  /// Over what the mean and deviation are taken.
  public let mode: Mode
  /// What is subtracted: nothing, one number, or one a feature.
  public let means: [Float]
  /// What is subtracted before, in double precision, from features that are large beside what they vary by: one number a
  /// feature, 0 for most; nil where no feature needs it.
  public let offsets: [Double]?
  /// What is divided by: nothing, one number, or one a feature.
  public let divisors: [Float]

  /// Fits mean and deviation to the rows of a matrix, in double precision and in two passes.
  public init(fitting features: Matrix<Float>, _ mode: Mode) { self.init(fitting: features, mode, offsets: nil) }

  /// The same for features from which offsets have been subtracted.
  init(fitting features: Matrix<Float>, _ mode: Mode, offsets: [Double]?) {
    self.mode = mode
    self.offsets = offsets
    switch mode {
    case .none:
      means = []
      divisors = []
    case .global:
      let moments = features.withView { Moments(of: $0) }
      means = [Float(moments.mean)]
      divisors = [Self.divisor(moments.deviation)]
    case .perFeature:
      let columns = features.withView { ColumnMoments(of: $0) }
      means = columns.means.map { Float($0) }
      divisors = columns.deviations.map(Self.divisor)
    }
  }

  /// Takes over what was written, which must be what ``init(fitting:_:)`` can make.
  ///
  /// - Throws: `DecodingError` for another number of means or divisors than the mode has, a mean that is no number, or
  ///   a divisor that is not above zero.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mode = try container.decode(Mode.self, forKey: .mode)
    means = try container.decode([Float].self, forKey: .means)
    divisors = try container.decode([Float].self, forKey: .divisors)
    offsets = try container.decodeIfPresent([Double].self, forKey: .offsets)
    let count =
      switch mode {
      case .none: 0
      case .global: 1
      case .perFeature: max(1, means.count)
      }
    guard means.count == count, divisors.count == count else {
      throw DecodingError.dataCorruptedError(
        forKey: .means, in: container,
        debugDescription: "\(means.count) means and \(divisors.count) divisors do not go with \(mode.rawValue)")
    }
    let isOffset = offsets.map { mode != .none && $0.allSatisfy(\.isFinite) && fits(featureCount: $0.count) } ?? true
    guard isOffset else {
      throw DecodingError.dataCorruptedError(
        forKey: .offsets, in: container, debugDescription: "the offsets do not go with \(mode.rawValue)")
    }
    guard means.allSatisfy(\.isFinite), divisors.allSatisfy({ $0 > 0 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .divisors, in: container, debugDescription: "a mean is no number, or a divisor is not above zero")
    }
  }

  /// Whether examples of so many features can be standardised.
  package func fits(featureCount: Int) -> Bool {
    (mode != .perFeature || means.count == featureCount) && offsets?.count ?? featureCount == featureCount
  }

  /// What is subtracted in all from a feature, which is a mean of the training examples: one number where it is the same
  /// for all features.
  package var centres: [Double] {
    guard let offsets else { return means.map { Double($0) } }
    return offsets.enumerated().map { $1 + Double(means.count == 1 ? means[0] : means[$0]) }
  }

  /// Standardises every row of a matrix in place.
  public func apply(to features: inout Matrix<Float>) {
    if let offsets {
      precondition(features.columns == offsets.count, "fitted to \(offsets.count) features, not \(features.columns)")
      features.withMutableView { view in
        for row in 0..<view.rows {
          let values = view.row(row)
          for j in 0..<view.columns { values[j] = Float(Double(values[j]) - offsets[j]) }
        }
      }
    }
    scale(&features)
  }

  /// Standardised features of examples whose numbers are given row by row, without rounding them before.
  ///
  /// - Throws: `AllocationError` when memory is short.
  package func features(rows: Int, columns: Int, of numbers: [Double]) throws -> Matrix<Float> {
    precondition(fits(featureCount: columns) && numbers.count == rows * columns, "other features than were fitted")
    var features = try Matrix<Float>(
      rows: rows, columns: columns,
      numbers.enumerated().map { Float($1 - (offsets?[$0 % columns] ?? 0)) })
    scale(&features)
    return features
  }

  /// Standardises a part of a data set that was read.
  func finish(_ part: inout Dataset) {
    precondition(part.offsets == offsets, "parts were read with different offsets")
    part.offsets = nil
    scale(&part.features)
  }

  /// Subtracts the mean and divides: the offsets have been subtracted.
  private func scale(_ features: inout Matrix<Float>) {
    switch mode {
    case .none: return
    case .global:
      let mean = means[0]
      let factor = 1 / divisors[0]
      features.withMutableView { view in
        for i in 0..<view.rows * view.columns { view.baseAddress[i] = (view.baseAddress[i] - mean) * factor }
      }
    case .perFeature:
      precondition(features.columns == means.count, "fitted to \(means.count) features, not \(features.columns)")
      let factors = divisors.map { 1 / $0 }
      features.withMutableView { view in
        means.withUnsafeBufferPointer { means in
          factors.withUnsafeBufferPointer { factors in
            for row in 0..<view.rows {
              let values = view.row(row)
              for j in 0..<view.columns { values[j] = (values[j] - means[j]) * factors[j] }
            }
          }
        }
      }
    }
  }

  public var description: String {
    switch mode {
    case .none: "features as read"
    case .global: "standardised with the training mean \(Float(centres[0])) and deviation \(divisors[0])"
    case .perFeature: "each feature standardised with its training mean and deviation"
    }
  }

  // A constant feature: any divisor gives 0, and 1 gives no NaN.
  private static func divisor(_ deviation: Double) -> Float {
    deviation > Double(Float.leastNormalMagnitude) ? Float(deviation) : 1
  }
}
