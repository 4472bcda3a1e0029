/// The floating-point type that a network computes in.
public enum Precision: String, Sendable, Hashable, CaseIterable, Codable {
  /// Single precision, `Float`.
  case float
  /// Double precision, `Double`.
  case double
}
