public import BatchAlgebra

/// A number for each precision: what may differ, or what does.
public struct PerPrecision: Sendable {
  /// In single precision.
  public var float: Double
  /// In double precision.
  public var double: Double

  /// Two numbers.
  public init(float: Double, double: Double) {
    self.float = float
    self.double = double
  }

  /// The number for a type.
  public subscript<S: Scalar>(_ scalar: S.Type) -> Double { scalar == Float.self ? float : double }
}

/// Stored values that do not belong to what they are compared with.
public struct UnfitReference: Error, CustomStringConvertible {
  public let description: String
}
