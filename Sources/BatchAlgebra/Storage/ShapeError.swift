/// Operands whose shapes do not fit.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
  /// The operation and the shapes, ready to be read.
  public let description: String

  /// An error that names the operation and what does not fit.
  public init(_ description: String) { self.description = description }
}
