/// Settings of regularisation that make no sense.
public struct RegularisationError: Error, Equatable, CustomStringConvertible {
  /// The setting, its value and what it must be.
  public let description: String

  /// An error that names the setting, its value and what it must be.
  public init(_ description: String) { self.description = description }
}
